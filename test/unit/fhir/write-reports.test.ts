import { describe, expect, test } from '@jest/globals';
import type { AdverseEvent, Device, Provenance } from 'fhir/r4.js';
import { suggestedAdverseEvent } from '../../../src/fhir/adverse-event.ts';
import { deviceId } from '../../../src/fhir/device.ts';
import { type AdverseEventReport, selectReports } from '../../../src/fhir/report.ts';
import { buildReportTransaction, writeReports } from '../../../src/fhir/write-reports.ts';
import type { Finding } from '../../../src/findings/finding.ts';
import { finding } from '../hooks/alerts.ts';
import { memoryServer, StatusError } from './memory-server.ts';

const NOW = new Date('2026-11-26T08:00:00Z');
const now = () => NOW;

function reportOf(...findings: Finding[]): AdverseEventReport {
  const [report] = selectReports(findings, { threshold: 0, recorded: new Set() }).reports;
  if (!report) throw new Error('nothing to report');
  return report;
}

function written<Type extends AdverseEvent | Provenance | Device>(
  report: AdverseEventReport,
  resourceType: Type['resourceType'],
): Type {
  const entry = buildReportTransaction(report, NOW.toISOString()).entry?.find(
    ({ resource }) => resource?.resourceType === resourceType,
  );
  return entry?.resource as Type;
}

describe('The transaction of one report', () => {
  const report = reportOf(finding({ severity: 'severe', seriousness: ['hospitalisation'] }));

  test('puts Device, AdverseEvent and Provenance to ids of their own', () => {
    const entries = buildReportTransaction(report, NOW.toISOString()).entry ?? [];
    expect(entries.map(({ request }) => `${request?.method} ${request?.url}`)).toEqual([
      `PUT Device/${deviceId('jnrf-test')}`,
      `PUT AdverseEvent/${report.id}`,
      expect.stringMatching(/^PUT Provenance\/vigilnote-[0-9a-f]{32}$/),
    ]);
  });

  test('the AdverseEvent names drug and event by their codes and words, and no MedicationRequest', () => {
    const event = written<AdverseEvent>(report, 'AdverseEvent');
    expect(event).toMatchObject({
      actuality: 'actual',
      subject: { reference: 'Patient/p1' },
      event: { coding: [{ code: '10037844' }], text: 'rash' },
      suspectEntity: [{ instance: { reference: '#drug' } }],
      contained: [{ resourceType: 'Medication', id: 'drug', code: { coding: [{ code: '723' }] } }],
      detected: '2023-04-03T10:00:00Z',
      recordedDate: NOW.toISOString(),
      seriousness: { coding: [{ code: 'Serious' }] },
      severity: { coding: [{ code: 'severe' }] },
      referenceDocument: [{ reference: 'DocumentReference/d1' }],
      contributor: [{ reference: `Device/${deviceId('jnrf-test')}` }],
    });
    expect(event.meta?.security).toMatchObject([{ code: 'AIAST' }]);
    // Causality and the recorder are people's.
    expect(event.suspectEntity?.[0]).not.toHaveProperty('causality');
    expect(event).not.toHaveProperty('recorder');
  });

  test('what is not known is not said', () => {
    const base = finding();
    const { date: _, ...source } = base.evidence.source;
    const event = written<AdverseEvent>(
      reportOf(finding({ evidence: { ...base.evidence, source } })),
      'AdverseEvent',
    );
    for (const element of ['seriousness', 'severity', 'outcome', 'detected', 'date']) {
      expect(event).not.toHaveProperty(element);
    }
  });

  test('an event without a code is written as its words alone', () => {
    const event = written<AdverseEvent>(
      reportOf(finding({}, { eventCoding: null })),
      'AdverseEvent',
    );
    expect(event.event).toEqual({ text: 'rash' });
  });

  test('the Provenance says which model, which version of which note, and where in it', () => {
    const provenance = written<Provenance>(report, 'Provenance');
    expect(provenance).toMatchObject({
      target: [{ reference: `AdverseEvent/${report.id}` }],
      agent: [{ who: { reference: `Device/${deviceId('jnrf-test')}` } }],
      entity: [
        {
          role: 'source',
          what: { reference: 'DocumentReference/d1/_history/1' },
          extension: [
            {
              url: 'http://hl7.org/fhir/StructureDefinition/derivation-reference',
              extension: [
                { url: 'reference' },
                { url: 'path', valueString: 'DocumentReference.content[0].attachment' },
                { url: 'offset', valueInteger: 100 },
                { url: 'length', valueInteger: 'Developed a diffuse rash on amoxicillin.'.length },
              ],
            },
            { valueDecimal: 0.93 },
            { valueString: '1' },
          ],
        },
      ],
    });
  });

  test('a suggestion stands alone: no id, no reference to what only a writing creates', () => {
    const suggestion = suggestedAdverseEvent(finding());
    expect(suggestion).not.toHaveProperty('id');
    expect(suggestion).not.toHaveProperty('contributor');
    expect(suggestion.subject).toEqual({ reference: 'Patient/p1' });
  });
});

describe('Writing reports', () => {
  test('twice gives one of each, and the second run writes nothing', async () => {
    const { client, resources, transactions } = memoryServer();
    const report = reportOf(finding());
    expect(await writeReports(client, [report], { now })).toMatchObject([{ result: 'created' }]);
    const later = () => new Date('2026-12-24T08:00:00Z');
    expect(await writeReports(client, [report], { now: later })).toMatchObject([
      { result: 'unchanged' },
    ]);
    expect(transactions).toHaveLength(1);
    expect([...resources.keys()].map((key) => key.split('/')[0]).toSorted()).toEqual([
      'AdverseEvent',
      'Device',
      'Provenance',
    ]);
  });

  test('a further note is added to the same AdverseEvent, whose first instant stays', async () => {
    const { client, resources } = memoryServer();
    const base = finding();
    const further = finding({
      id: 'f2',
      evidence: {
        ...base.evidence,
        source: { ...base.evidence.source, reference: 'DocumentReference/d2' },
      },
    });
    const [first, second] = [reportOf(base), reportOf(base, further)];
    await writeReports(client, [first], { now });
    const later = () => new Date('2026-12-24T08:00:00Z');
    expect(await writeReports(client, [second], { now: later })).toMatchObject([
      { result: 'updated' },
    ]);
    expect(resources.get(`AdverseEvent/${first.id}`)).toMatchObject({
      recordedDate: NOW.toISOString(),
      referenceDocument: [
        { reference: 'DocumentReference/d1' },
        { reference: 'DocumentReference/d2' },
      ],
    });
  });

  test('what a person accepted is left alone', async () => {
    const { client, resources, transactions } = memoryServer();
    const report = reportOf(finding());
    await writeReports(client, [report], { now });
    const accepted = resources.get(`AdverseEvent/${report.id}`) as AdverseEvent;
    resources.set(`AdverseEvent/${report.id}`, { ...accepted, meta: { versionId: '2' } });
    const more = reportOf(finding({ severity: 'mild' }));
    expect(await writeReports(client, [more], { now })).toMatchObject([{ result: 'reviewed' }]);
    expect(transactions).toHaveLength(1);
  });

  test('what a person changed is left alone, also where the server keeps the label', async () => {
    const { client, resources, transactions } = memoryServer();
    const report = reportOf(finding());
    await writeReports(client, [report], { now });
    const key = `AdverseEvent/${report.id}`;
    const found = resources.get(key) as AdverseEvent;
    resources.set(key, { ...found, event: { text: 'drug eruption' } });
    const more = reportOf(finding({ severity: 'mild' }));
    expect(await writeReports(client, [more], { now })).toMatchObject([{ result: 'reviewed' }]);
    expect(transactions).toHaveLength(1);
  });

  test('a version, a narrative and another order of members are no change', async () => {
    const { client, resources } = memoryServer();
    const report = reportOf(finding());
    await writeReports(client, [report], { now });
    const key = `AdverseEvent/${report.id}`;
    const { resourceType, ...found } = resources.get(key) as AdverseEvent;
    resources.set(key, {
      ...Object.fromEntries(Object.entries(found).toReversed()),
      resourceType,
      meta: { ...found.meta, versionId: '9', lastUpdated: '2026-11-27T00:00:00Z' },
      text: { status: 'generated', div: '<div>Rash</div>' },
    } as AdverseEvent);
    expect(await writeReports(client, [report], { now })).toMatchObject([{ result: 'unchanged' }]);
  });

  test('what a person deleted does not come back', async () => {
    const { client, resources, transactions } = memoryServer();
    const report = reportOf(finding());
    resources.set(`AdverseEvent/${report.id}`, 'deleted');
    expect(await writeReports(client, [report], { now })).toMatchObject([{ result: 'withdrawn' }]);
    expect(transactions).toEqual([]);
  });

  test('one that is refused is told with its OperationOutcome, and the others are written', async () => {
    const server = memoryServer();
    const [bad, good] = [reportOf(finding()), reportOf(finding({ patientId: 'p2' }))];
    const outcome = {
      resourceType: 'OperationOutcome' as const,
      issue: [{ severity: 'error' as const, code: 'processing' as const }],
    };
    server.beforeTransaction = (bundle) => {
      if (JSON.stringify(bundle).includes(bad.id)) throw new StatusError(422, outcome);
    };
    expect(await writeReports(server.client, [bad, good], { now })).toMatchObject([
      { result: 'refused', status: 422, operationOutcome: outcome },
      { result: 'created' },
    ]);
  });

  test('when somebody writes in between, it is read once more before it is written', async () => {
    const server = memoryServer();
    const report = reportOf(finding());
    await writeReports(server.client, [report], { now });
    const key = `AdverseEvent/${report.id}`;
    let collided = false;
    server.beforeTransaction = () => {
      if (collided) return;
      collided = true;
      const current = server.resources.get(key) as AdverseEvent;
      server.resources.set(key, { ...current, meta: { ...current.meta, versionId: '7' } });
    };
    const more = reportOf(finding({ severity: 'moderate' }));
    expect(await writeReports(server.client, [more], { now })).toMatchObject([
      { result: 'updated' },
    ]);
    expect(server.resources.get(key)).toMatchObject({
      severity: { coding: [{ code: 'moderate' }] },
    });
  });
});
