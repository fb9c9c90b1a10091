import type { DocumentReference } from 'fhir/r4.js';
import { bundleResources } from './bundle-resources.ts';
import type { FhirClient } from './client.ts';
import {
  type CurrentDocumentsOptions,
  currentDocuments,
  type LeftOut,
} from './current-documents.ts';
import { FhirError } from './fhir-error.ts';

export interface DocumentSearch extends CurrentDocumentsOptions {
  readonly patientId: string;
  /** Values of the search parameter `category`, any of which: `clinical-note`; absent: every category. */
  readonly categories?: readonly string[];
  /** First and last day or instant of DocumentReference.date, ISO 8601; both belong to the range. */
  readonly since?: string;
  readonly until?: string;
  /** `_count`; default 100, more than which some servers do not give. */
  readonly pageSize?: number;
  /** The search ends with this many, the newest; default 1,000. */
  readonly maximumDocuments?: number;
  readonly signal?: AbortSignal;
}

export interface FoundDocuments {
  readonly documents: readonly DocumentReference[];
  readonly problems: SearchProblems;
}

/** What was wrong with what the server sent, and what was left out of it. */
export interface SearchProblems extends LeftOut {
  readonly brokenEntries: number;
  /** There are more than `maximumDocuments`. */
  readonly more: boolean;
}

const PAGE_SIZE = 100;
const MAXIMUM_DOCUMENTS = 1000;
/** Dates are compared without knowing the server's time zone: only what is surely outside is left out. */
const TIME_ZONE_SLACK_MS = 14 * 3_600_000;

/**
 * A patient's current documents, the newest first where the server sorts.
 * https://hl7.org/fhir/R4/documentreference.html#search
 *
 * @throws FhirError when the server gives none; broken entries are counted and the others returned
 */
export async function searchDocuments(
  client: FhirClient,
  search: DocumentSearch,
): Promise<FoundDocuments> {
  const maximum = search.maximumDocuments ?? MAXIMUM_DOCUMENTS;
  const found: DocumentReference[] = [];
  let brokenEntries = 0;
  let more = false;
  for await (const page of pages(client, search)) {
    const { resources, broken } = bundleResources<DocumentReference>(page, 'DocumentReference');
    brokenEntries += broken;
    found.push(...resources.filter((document) => isInRange(document, search)));
    if (found.length >= maximum) {
      more =
        found.length > maximum || page.link?.some(({ relation }) => relation === 'next') === true;
      break;
    }
  }
  const { documents, leftOut } = currentDocuments(unique(found).slice(0, maximum), search);
  return { documents, problems: { ...leftOut, brokenEntries, more } };
}

/** Pages of the search; on a server that refuses to sort or to limit by date, of all of them. */
async function* pages(client: FhirClient, search: DocumentSearch) {
  const { patientId, categories, since, until, signal } = search;
  const required = {
    patient: patientId,
    ...(categories?.length && { category: categories.join(',') }),
    _count: search.pageSize ?? PAGE_SIZE,
  };
  const dates = [
    ...(since === undefined ? [] : [`ge${since}`]),
    ...(until === undefined ? [] : [`le${until}`]),
  ];
  const wished = { ...required, ...(dates.length > 0 && { date: dates }), _sort: '-date' };
  const options = signal ? { signal } : {};
  let begun = false;
  try {
    for await (const page of client.searchPages('DocumentReference', wished, options)) {
      begun = true;
      yield page;
    }
  } catch (error) {
    if (begun || !(error instanceof FhirError) || error.status !== 400) throw error;
    yield* client.searchPages('DocumentReference', required, options);
  }
}

function isInRange({ date }: DocumentReference, { since, until }: DocumentSearch): boolean {
  const at = Date.parse(date ?? '');
  if (Number.isNaN(at)) return true;
  if (since !== undefined && at < Date.parse(since) - TIME_ZONE_SLACK_MS) return false;
  return until === undefined || at <= endOf(until) + TIME_ZONE_SLACK_MS;
}

/** The last millisecond of a year, month or day; an instant is its own end. */
function endOf(date: string): number {
  const start = new Date(date);
  if (date.length > 10) return start.getTime();
  if (date.length === 4) start.setUTCFullYear(start.getUTCFullYear() + 1);
  else if (date.length === 7) start.setUTCMonth(start.getUTCMonth() + 1);
  else start.setUTCDate(start.getUTCDate() + 1);
  return start.getTime() - 1;
}

/** A document may come twice when documents are added between two pages. */
function unique(documents: readonly DocumentReference[]): DocumentReference[] {
  return [...new Map(documents.map((document) => [document.id, document])).values()];
}
