import type { CardContext } from '../../../hooks/card-context.ts';
import { type Coding, MEDDRA_SYSTEM, RXNORM_SYSTEM } from '../../../src/coding/coding.ts';
import type { Alert } from '../../../src/findings/alert.ts';
import type { Finding } from '../../../src/findings/finding.ts';

export const AMOXICILLIN: Coding = { system: RXNORM_SYSTEM, code: '723', display: 'amoxicillin' };
const RASH: Coding = { system: MEDDRA_SYSTEM, code: '10037844', display: 'Rash' };

/** A finding in an invented note; the quote must hold both words. */
export function finding(
  changes: Partial<Finding> = {},
  words: { quote?: string; drug?: string; event?: string; eventCoding?: Coding | null } = {},
): Finding {
  const quote = words.quote ?? 'Developed a diffuse rash on amoxicillin.';
  const drug = words.drug ?? 'amoxicillin';
  const event = words.event ?? 'rash';
  const at = 100;
  const drugStart = at + Math.max(0, quote.indexOf(drug));
  const eventStart = at + Math.max(0, quote.indexOf(event));
  const coding = words.eventCoding === undefined ? RASH : words.eventCoding;
  return {
    id: 'f1',
    patientId: 'p1',
    drug: {
      start: drugStart,
      end: drugStart + drug.length,
      text: drug,
      confidence: 0.95,
      link: {
        kind: 'drug',
        method: 'exact',
        score: 1,
        matchedTerm: drug,
        concept: AMOXICILLIN,
        termType: 'IN',
        ingredients: [AMOXICILLIN],
      },
    },
    event: {
      start: eventStart,
      end: eventStart + event.length,
      text: event,
      confidence: 0.9,
      link: coding
        ? {
            kind: 'event',
            method: 'exact',
            score: 1,
            matchedTerm: event,
            concept: coding,
            level: 'PT',
          }
        : { kind: 'uncoded' },
    },
    confidence: 0.93,
    assertion: 'present',
    evidence: {
      start: at,
      end: at + quote.length,
      quote,
      source: {
        server: 'https://ehr.example/fhir',
        reference: 'DocumentReference/d1',
        versionId: '1',
        patientId: 'p1',
        typeText: 'Discharge summary',
        date: '2023-04-03T10:00:00Z',
        author: 'Dr. Ann Lee',
        contentType: 'text/plain',
        attachmentPath: 'DocumentReference.content[0].attachment',
      },
      sectionHeading: 'Hospital course',
      attachmentSpan: { start: at, end: at + quote.length },
    },
    seriousness: [],
    modelId: 'jnrf-test',
    vocabularyVersion: 'test',
    ...changes,
  };
}

export function alert(changes: Partial<Alert> = {}): Alert {
  return {
    key: 'k1',
    indicator: 'info',
    drugDisplay: 'Amoxicillin',
    ingredients: [AMOXICILLIN],
    findings: [finding()],
    matchedBy: 'ingredient',
    order: {
      ingredients: [AMOXICILLIN],
      text: 'Amoxicillin 500 mg capsule',
      resourceId: 'draft-1',
      resourceType: 'MedicationRequest',
    },
    ...changes,
  };
}

export function cardContext(changes: Partial<CardContext> = {}): CardContext {
  let count = 0;
  return {
    hook: 'order-sign',
    patientId: 'p1',
    userId: 'Practitioner/lee',
    now: new Date('2026-11-20T12:00:00Z'),
    newUuid: () => `uuid-${++count}`,
    classesOf: () => [],
    pendingNotes: 0,
    unreadableNotes: { count: 0, server: 'https://ehr.example/fhir', references: [] },
    unreadParts: [],
    ...changes,
  };
}
