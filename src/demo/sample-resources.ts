import type {
  AdverseEvent,
  AllergyIntolerance,
  Binary,
  CodeableConcept,
  DocumentReference,
  FhirResource,
  Medication,
  MedicationRequest,
  MedicationStatement,
  Patient,
} from 'fhir/r4.js';
import type { SampleNote, SamplePatient } from './load-sample-chart.ts';
import { noteTypeConcept } from './note-types.ts';

const RXNORM = 'http://www.nlm.nih.gov/research/umls/rxnorm';

/**
 * A patient of the sample chart as FHIR R4 resources, in the shape of US Core. Attachments served
 * as Binary are named by a URL relative to the endpoint.
 */
export function sampleResources(patient: SamplePatient): FhirResource[] {
  return [
    patientResource(patient),
    ...patient.allergies.map((_, index) => allergyResource(patient, index)),
    ...patient.adverseEvents.map((_, index) => adverseEventResource(patient, index)),
    ...patient.medications.map((_, index) => medicationResource(patient, index)),
    ...patient.notes.flatMap((note) => [
      documentReference(patient, note),
      ...(note.served === 'binary' ? [binary(note)] : []),
    ]),
  ];
}

function patientResource(patient: SamplePatient): Patient {
  return {
    resourceType: 'Patient',
    id: patient.id,
    meta: version(patient.notes.at(-1)?.date ?? '2015-01-01T00:00:00Z'),
    identifier: [{ system: 'urn:oid:2.999.1', value: patient.id }],
    active: true,
    name: [{ use: 'official', family: patient.family, given: patient.given }],
    gender: patient.gender,
    birthDate: patient.birthDate,
  };
}

function allergyResource(patient: SamplePatient, index: number): AllergyIntolerance {
  const allergy = item(patient.allergies, index);
  return {
    resourceType: 'AllergyIntolerance',
    id: `${patient.id}-allergy-${index + 1}`,
    meta: version(`${allergy.recordedDate}T12:00:00Z`),
    clinicalStatus: concept(
      'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical',
      'active',
    ),
    verificationStatus: concept(
      'http://terminology.hl7.org/CodeSystem/allergyintolerance-verification',
      'confirmed',
    ),
    category: [allergy.category ?? 'medication'],
    ...(allergy.criticality && { criticality: allergy.criticality }),
    code: { coding: [allergy.code], text: allergy.code.display },
    patient: { reference: `Patient/${patient.id}` },
    recordedDate: allergy.recordedDate,
    ...(allergy.reaction && { reaction: [{ manifestation: [{ text: allergy.reaction }] }] }),
  };
}

function adverseEventResource(patient: SamplePatient, index: number): AdverseEvent {
  const event = item(patient.adverseEvents, index);
  const codes = 'http://terminology.hl7.org/CodeSystem';
  // Contained: R4 lets suspectEntity.instance name a Medication, not a MedicationRequest.
  const suspect: Medication = {
    resourceType: 'Medication',
    id: 'suspect',
    code: { coding: [event.suspect], text: event.suspect.display },
  };
  return {
    resourceType: 'AdverseEvent',
    id: `${patient.id}-adverse-event-${index + 1}`,
    meta: version(`${event.recordedDate}T12:00:00Z`),
    contained: [suspect],
    actuality: 'actual',
    category: [concept(`${codes}/adverse-event-category`, 'medication-mishap')],
    event: { coding: [event.event], text: event.event.display },
    subject: { reference: `Patient/${patient.id}` },
    date: event.date,
    recordedDate: event.recordedDate,
    seriousness: concept(`${codes}/adverse-event-seriousness`, event.seriousness),
    outcome: concept(`${codes}/adverse-event-outcome`, event.outcome),
    suspectEntity: [{ instance: { reference: '#suspect' } }],
  };
}

function medicationResource(
  patient: SamplePatient,
  index: number,
): MedicationRequest | MedicationStatement {
  const medication = item(patient.medications, index);
  const common = {
    id: `${patient.id}-medication-${index + 1}`,
    meta: version(`${medication.date}T12:00:00Z`),
    status: medication.status,
    medicationCodeableConcept: {
      coding: [{ system: RXNORM, code: medication.rxcui, display: medication.display }],
      text: medication.display,
    },
    subject: { reference: `Patient/${patient.id}` },
  };
  if (medication.as === 'statement') {
    return {
      resourceType: 'MedicationStatement',
      ...common,
      effectivePeriod: { start: medication.date },
      dosage: [{ text: medication.sig }],
    };
  }
  return {
    resourceType: 'MedicationRequest',
    ...common,
    intent: 'order',
    authoredOn: medication.date,
    dosageInstruction: [{ text: medication.sig }],
  };
}

function documentReference(patient: SamplePatient, note: SampleNote): DocumentReference {
  return {
    resourceType: 'DocumentReference',
    id: note.id,
    meta: version(note.date),
    status: note.status,
    docStatus: note.status === 'entered-in-error' ? 'entered-in-error' : 'final',
    type: noteTypeConcept(note.type, note.title),
    category: [
      concept(
        'http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category',
        'clinical-note',
        'Clinical Note',
      ),
    ],
    subject: { reference: `Patient/${patient.id}` },
    date: note.date,
    author: [{ display: note.author }],
    ...(note.replaces && {
      relatesTo: [
        {
          code: 'replaces' as const,
          target: { reference: `DocumentReference/${patient.id}-${note.replaces}` },
        },
      ],
    }),
    content: [
      {
        attachment: {
          contentType: note.contentType,
          title: note.title,
          creation: note.date,
          ...(note.served === 'inline'
            ? { data: Buffer.from(note.bytes).toString('base64') }
            : { url: `Binary/${note.id}`, size: note.bytes.byteLength }),
        },
      },
    ],
    context: { period: { start: note.date, end: note.date } },
  };
}

function binary(note: SampleNote): Binary {
  return {
    resourceType: 'Binary',
    id: note.id,
    meta: version(note.date),
    contentType: note.contentType,
    data: Buffer.from(note.bytes).toString('base64'),
  };
}

function concept(system: string, code: string, display?: string): CodeableConcept {
  return { coding: [{ system, code, ...(display && { display }) }] };
}

function version(lastUpdated: string) {
  return { versionId: '1', lastUpdated };
}

function item<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new RangeError(`no entry ${index}`);
  return found;
}
