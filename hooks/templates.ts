import type { PrefetchTemplates } from '../src/cds-hooks/service.ts';

/**
 * What is asked to be prefetched, no more than is used: plain searches that every client can do (no chained parameter, no
 * modifier). https://cds-hooks.hl7.org/2.0/#prefetch-query-restrictions
 *
 * @param noteCategory `category` of the document search; absent: every category
 */
export function prefetchTemplates(noteCategory?: string): PrefetchTemplates {
  const patient = 'patient={{context.patientId}}';
  const category =
    noteCategory === undefined ? '' : `&category=${encodeURIComponent(noteCategory)}`;
  return {
    documents: `DocumentReference?${patient}${category}`,
    allergies: `AllergyIntolerance?${patient}`,
    // AdverseEvent has no search parameter `patient`: https://hl7.org/fhir/R4/adverseevent.html#search
    adverseEvents: 'AdverseEvent?subject=Patient/{{context.patientId}}',
  };
}
