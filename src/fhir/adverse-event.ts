import type { AdverseEvent, CodeableConcept, Medication } from 'fhir/r4.js';
import type { Coding, DrugLink } from '../coding/coding.ts';
import type { Finding } from '../findings/finding.ts';
import { drugDisplay } from '../findings/identity.ts';
import { ADVERSE_EVENT_IDENTIFIER, AI_ASSERTED } from './codes.ts';
import { deviceId } from './device.ts';
import type { AdverseEventReport } from './report.ts';

const MEDICATION_ID = 'drug';

/**
 * The AdverseEvent of a report, R4: https://hl7.org/fhir/R4/adverseevent.html
 *
 * `suspectEntity.instance` points at a contained Medication, since R4 allows no MedicationRequest
 * there. The model is a contributor; causality is left to people, the only ones who may author it.
 *
 * @param recordedDate instant of the first writing, ISO 8601
 */
export function buildAdverseEvent(report: AdverseEventReport, recordedDate: string): AdverseEvent {
  const [best] = report.findings;
  return {
    resourceType: 'AdverseEvent',
    id: report.id,
    ...statement(report.findings),
    identifier: { system: ADVERSE_EVENT_IDENTIFIER, value: report.id },
    recordedDate,
    contributor: [{ reference: `Device/${deviceId(best.modelId)}`, display: best.modelId }],
  };
}

/**
 * The same as a resource of its own, for a card's suggestion: it refers to nothing that only a
 * writing of ours would create. https://cds-hooks.hl7.org/2.0/#action
 */
export function suggestedAdverseEvent(finding: Finding): AdverseEvent {
  return { resourceType: 'AdverseEvent', ...statement([finding]) };
}

function statement(findings: readonly [Finding, ...Finding[]]): Omit<AdverseEvent, 'resourceType'> {
  const [best] = findings;
  const serious = findings.some(({ seriousness }) => seriousness.length > 0);
  const severity = findings.find((finding) => finding.severity)?.severity;
  const outcome = findings.find((finding) => finding.outcome)?.outcome;
  const detected = earliestDate(findings);
  return {
    meta: { security: [AI_ASSERTED] },
    contained: [medicationOf(best)],
    actuality: 'actual',
    event: eventConcept(best),
    subject: { reference: `Patient/${best.patientId}` },
    ...(detected && { detected }),
    ...(serious && { seriousness: coded('adverse-event-seriousness', 'Serious', 'Serious') }),
    ...(severity && { severity: coded('adverse-event-severity', severity, capitalised(severity)) }),
    ...(outcome && { outcome: coded('adverse-event-outcome', outcome, OUTCOME_DISPLAY[outcome]) }),
    suspectEntity: [
      { instance: { reference: `#${MEDICATION_ID}`, display: drugDisplay(best.drug) } },
    ],
    referenceDocument: documentsOf(findings).map((reference) => ({ reference })),
  };
}

const OUTCOME_DISPLAY: Readonly<Record<NonNullable<Finding['outcome']>, string>> = {
  resolved: 'Resolved',
  recovering: 'Recovering',
  ongoing: 'Ongoing',
  resolvedWithSequelae: 'Resolved with Sequelae',
  fatal: 'Fatal',
  unknown: 'Unknown',
};

function medicationOf({ drug }: Finding): Medication {
  return {
    resourceType: 'Medication',
    id: MEDICATION_ID,
    code: { ...codingsOf(drugCodings(drug.link)), text: drug.text },
  };
}

/** The concept that the note names and, for one ingredient, that ingredient. */
function drugCodings(link: DrugLink): Coding[] {
  if (link.kind !== 'drug') return [];
  const [ingredient, ...others] = link.ingredients;
  return distinct(others.length === 0 && ingredient ? [ingredient, link.concept] : [link.concept]);
}

/** MedDRA term and preferred term as released; the note's own words as text. */
function eventConcept({ event }: Finding): CodeableConcept {
  const { link } = event;
  if (link.kind !== 'event') return { text: event.text };
  const codings = link.preferredTerm ? [link.concept, link.preferredTerm] : [link.concept];
  return { ...codingsOf(distinct(codings)), text: event.text };
}

function distinct(codings: readonly Coding[]): Coding[] {
  return [...new Map(codings.map((coding) => [coding.code, coding])).values()];
}

function codingsOf(codings: readonly Coding[]): Pick<CodeableConcept, 'coding'> {
  if (codings.length === 0) return {};
  return {
    coding: codings.map(({ system, version, code, display }) => ({
      system,
      ...(version && { version }),
      code,
      display,
    })),
  };
}

function coded(codeSystem: string, code: string, display: string): CodeableConcept {
  const system = `http://terminology.hl7.org/CodeSystem/${codeSystem}`;
  return { coding: [{ system, code, display }] };
}

/** When the first note told of it. Days and instants sort as text where they share a zone; a year is no day. */
function earliestDate(findings: readonly Finding[]): string | undefined {
  return findings
    .map(({ evidence }) => evidence.source.date)
    .filter((date) => date !== undefined && /^\d{4}-\d{2}-\d{2}/.test(date))
    .toSorted()[0];
}

/** `DocumentReference/<id>` of every note, each once. */
function documentsOf(findings: readonly Finding[]): string[] {
  return [...new Set(findings.map(({ evidence }) => evidence.source.reference))].toSorted();
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
