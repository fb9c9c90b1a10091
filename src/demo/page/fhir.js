/** Base URL of the demo's own FHIR endpoint. */
export const FHIR_BASE = new URL('fhir', `${location.origin}/demo/`).href;

/**
 * Every page of a search. By POST, so that no patient stands in a URL.
 *
 * @param {string} type
 * @param {Record<string, string>} parameters
 */
export async function searchAll(type, parameters) {
  const resources = [];
  const body = new URLSearchParams({ ...parameters, _count: '50' });
  for (;;) {
    const response = await fetch(`${FHIR_BASE}/${type}/_search`, { method: 'POST', body });
    if (!response.ok) throw new Error(`${type} search answered ${response.status}`);
    const bundle = await response.json();
    resources.push(...(bundle.entry ?? []).map((entry) => entry.resource));
    const next = bundle.link?.find((link) => link.relation === 'next');
    if (!next) return resources;
    body.set('_offset', new URL(next.url).searchParams.get('_offset') ?? '0');
  }
}

/** All that the chart view shows of one patient. */
export async function loadPatient(patientId) {
  const [allergies, adverseEvents, requests, statements, documents] = await Promise.all([
    searchAll('AllergyIntolerance', { patient: patientId }),
    searchAll('AdverseEvent', { subject: patientId }),
    searchAll('MedicationRequest', { patient: patientId }),
    searchAll('MedicationStatement', { patient: patientId }),
    searchAll('DocumentReference', { patient: patientId, _sort: '-date' }),
  ]);
  return { allergies, adverseEvents, medications: [...requests, ...statements], documents };
}

/**
 * The note of a DocumentReference.
 *
 * @returns {Promise<{ mediaType: string, text: string | undefined }>} no text where it is none
 */
export async function loadNote(document) {
  const { attachment } = document.content[0];
  const mediaType = attachment.contentType.split(';')[0].trim();
  if (!mediaType.startsWith('text/')) return { mediaType, text: undefined };
  const charset = /charset=([\w-]+)/.exec(attachment.contentType)?.[1] ?? 'utf-8';
  const bytes = attachment.data
    ? Uint8Array.from(atob(attachment.data), (character) => character.charCodeAt(0))
    : new Uint8Array(await (await fetch(`${FHIR_BASE}/${attachment.url}`)).arrayBuffer());
  return { mediaType, text: new TextDecoder(charset).decode(bytes) };
}

/** Words for a CodeableConcept. */
export function conceptText(concept) {
  return concept?.text ?? concept?.coding?.[0]?.display ?? concept?.coding?.[0]?.code ?? 'unnamed';
}
