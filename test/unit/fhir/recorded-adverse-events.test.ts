import { beforeAll, describe, expect, test } from '@jest/globals';
import type { AdverseEvent } from 'fhir/r4.js';
import type { Linker } from '../../../src/coding/coding.ts';
import { openVocabulary } from '../../../src/coding/open.ts';
import { buildAdverseEvent, suggestedAdverseEvent } from '../../../src/fhir/adverse-event.ts';
import { isRecorded, recordedReactionsOf } from '../../../src/fhir/recorded-adverse-events.ts';
import { selectReports } from '../../../src/fhir/report.ts';
import type { Finding } from '../../../src/findings/finding.ts';
import { finding } from '../hooks/alerts.ts';

let linker: Linker;

beforeAll(async () => {
  linker = await openVocabulary();
});

/** A finding as the shipped vocabulary codes it. */
function coded(drug: string, event: string): Finding {
  const base = finding({}, { drug, event, quote: `${event} on ${drug}` });
  return {
    ...base,
    drug: { ...base.drug, link: linker.linkDrug(drug) },
    event: { ...base.event, link: linker.linkEvent(event) },
  };
}

function byPerson(changes: Partial<AdverseEvent>): AdverseEvent {
  return {
    resourceType: 'AdverseEvent',
    actuality: 'actual',
    subject: { reference: 'Patient/p1' },
    ...changes,
  };
}

describe('AdverseEvents that people recorded', () => {
  test.each([
    ['in words', { text: 'Urticaria' }, 'Augmentin'],
    ['in lay words', { text: 'hives' }, 'amoxicillin / clavulanate'],
    [
      'in another code system',
      { coding: [{ system: 'http://snomed.info/sct', code: '126485001', display: 'Urticaria' }] },
      'amoxicillin-clavulanate',
    ],
  ])('%s are found again', (_how, event, display) => {
    const recorded = recordedReactionsOf(
      [byPerson({ event, suspectEntity: [{ instance: { display } }] })],
      linker,
    );
    expect(isRecorded(coded('Augmentin', 'hives'), recorded)).toBe(true);
    expect(isRecorded(coded('Augmentin', 'diarrhea'), recorded)).toBe(false);
    expect(isRecorded(coded('ibuprofen', 'hives'), recorded)).toBe(false);
  });

  test('a suspect that is a coded Medication is read from it', () => {
    const accepted = suggestedAdverseEvent(coded('warfarin', 'epistaxis'));
    const recorded = recordedReactionsOf([{ ...accepted, meta: {} }], linker);
    expect(isRecorded(coded('Coumadin', 'nosebleed'), recorded)).toBe(true);
  });

  test('what software asserted, and what we wrote ourselves, is not counted', () => {
    const one = coded('warfarin', 'epistaxis');
    const [report] = selectReports([one], { threshold: 0, recorded: new Set() }).reports;
    if (!report) throw new Error('nothing to report');
    const ours = buildAdverseEvent(report, '2026-11-26T08:00:00Z');
    const resources = [suggestedAdverseEvent(one), { ...ours, meta: {} }];
    expect(recordedReactionsOf(resources, linker).size).toBe(0);
  });

  test('one without drug or event silences nothing', () => {
    const recorded = recordedReactionsOf(
      [byPerson({}), byPerson({ event: { text: 'rash' } })],
      linker,
    );
    expect(recorded.size).toBe(0);
  });
});
