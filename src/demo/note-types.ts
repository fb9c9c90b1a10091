import type { CodeableConcept } from 'fhir/r4.js';

/** Kinds of note of the sample chart, by the word in a note's front matter: LOINC document types. */
const NOTE_TYPES = {
  'discharge-summary': ['18842-5', 'Discharge summary'],
  progress: ['11506-3', 'Progress note'],
  emergency: ['34111-5', 'Emergency department Note'],
  outpatient: ['34108-1', 'Outpatient Note'],
  nursing: ['34746-8', 'Nurse Note'],
  telephone: ['34748-4', 'Telephone encounter Note'],
  consult: ['11488-4', 'Consult note'],
  'history-and-physical': ['34117-2', 'History and physical note'],
  procedure: ['28570-0', 'Procedure note'],
  pharmacy: ['34109-9', 'Note'],
  note: ['34109-9', 'Note'],
} as const;

export type NoteType = keyof typeof NOTE_TYPES;

export const NOTE_TYPE_NAMES = Object.keys(NOTE_TYPES) as [NoteType, ...NoteType[]];

/**
 * @param title what the author called the note; becomes the text of the concept
 * @returns DocumentReference.type
 */
export function noteTypeConcept(type: NoteType, title: string): CodeableConcept {
  const [code, display] = NOTE_TYPES[type];
  return { coding: [{ system: 'http://loinc.org', code, display }], text: title };
}
