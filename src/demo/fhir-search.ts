import type { FhirResource } from 'fhir/r4.js';

/** A search that the endpoint does not understand; the message names parameter and value. */
export class SearchError extends Error {}

export const SEARCHABLE_TYPES = [
  'Patient',
  'DocumentReference',
  'AllergyIntolerance',
  'AdverseEvent',
  'MedicationRequest',
  'MedicationStatement',
] as const;
export type SearchableType = (typeof SEARCHABLE_TYPES)[number];

type Matcher = (resource: FhirResource, value: string) => boolean;

const MAXIMUM_COUNT = 100;
const DEFAULT_COUNT = 20;

/** Parameters of R4 that the endpoint knows, by resource type; every other one is an error. */
const PARAMETERS: Readonly<Record<SearchableType, Readonly<Record<string, Matcher>>>> = {
  Patient: { _id: matchId, identifier: token('identifier'), family: matchFamily },
  DocumentReference: {
    _id: matchId,
    patient: reference('subject'),
    subject: reference('subject'),
    category: token('category'),
    type: token('type'),
    status: token('status'),
    date: matchDate,
  },
  AllergyIntolerance: {
    _id: matchId,
    patient: reference('patient'),
    'clinical-status': token('clinicalStatus'),
    'verification-status': token('verificationStatus'),
  },
  AdverseEvent: { _id: matchId, subject: reference('subject'), actuality: token('actuality') },
  MedicationRequest: {
    _id: matchId,
    patient: reference('subject'),
    subject: reference('subject'),
    status: token('status'),
    intent: token('intent'),
  },
  MedicationStatement: {
    _id: matchId,
    patient: reference('subject'),
    subject: reference('subject'),
    status: token('status'),
  },
};

export function isSearchable(resourceType: string): resourceType is SearchableType {
  return SEARCHABLE_TYPES.some((type) => type === resourceType);
}

export function parameterNames(resourceType: SearchableType): string[] {
  return Object.keys(PARAMETERS[resourceType]);
}

export interface SearchPage {
  readonly matches: readonly FhirResource[];
  readonly total: number;
  /** Offset of the next page, where there is one. */
  readonly nextOffset?: number;
}

/**
 * Searches as https://hl7.org/fhir/R4/search.html has it: repeated parameters are all to be met,
 * of values between commas one.
 *
 * @throws SearchError for a parameter or value that is not understood
 */
export function search(
  resources: readonly FhirResource[],
  resourceType: SearchableType,
  query: URLSearchParams,
): SearchPage {
  const count = wholeNumber(query, '_count', DEFAULT_COUNT);
  const offset = wholeNumber(query, '_offset', 0);
  let matches = resources.filter((resource) => resource.resourceType === resourceType);
  for (const [name, value] of query) {
    if (['_count', '_offset', '_format', '_sort'].includes(name)) continue;
    const matcher = PARAMETERS[resourceType][name];
    if (!matcher) {
      throw new SearchError(
        `unknown search parameter "${name}" for ${resourceType}; known are ${parameterNames(resourceType).join(', ')}, _count and _sort`,
      );
    }
    const values = value.split(',');
    matches = matches.filter((resource) => values.some((one) => matcher(resource, one)));
  }
  matches = sorted(matches, query.get('_sort'));
  const end = offset + Math.min(count, MAXIMUM_COUNT);
  return {
    matches: matches.slice(offset, end),
    total: matches.length,
    ...(end < matches.length && count > 0 && { nextOffset: end }),
  };
}

function wholeNumber(query: URLSearchParams, name: string, fallback: number): number {
  const text = query.get(name);
  if (text === null) return fallback;
  if (!/^\d{1,6}$/.test(text)) {
    throw new SearchError(`${name} is "${text}": a whole number of 0 or more is needed`);
  }
  return Number(text);
}

function sorted(resources: FhirResource[], sort: string | null): FhirResource[] {
  if (sort === null) return resources;
  if (sort !== 'date' && sort !== '-date') {
    throw new SearchError(`_sort is "${sort}": only date and -date are known`);
  }
  const direction = sort === 'date' ? 1 : -1;
  return resources.toSorted((a, b) => direction * dateOf(a).localeCompare(dateOf(b)));
}

function dateOf(resource: FhirResource): string {
  return String(field(resource, 'date') ?? '');
}

function field(resource: FhirResource, name: string): unknown {
  return (resource as unknown as Record<string, unknown>)[name];
}

function matchId(resource: FhirResource, value: string): boolean {
  return resource.id === value;
}

function matchFamily(resource: FhirResource, value: string): boolean {
  if (resource.resourceType !== 'Patient') return false;
  return (
    resource.name?.some((name) => name.family?.toLowerCase().startsWith(value.toLowerCase())) ??
    false
  );
}

function reference(name: string): Matcher {
  return (resource, value) => {
    const target = (field(resource, name) as { reference?: string } | undefined)?.reference;
    return target === value || target === `Patient/${value}`;
  };
}

/** `code`, `system|code`, `|code` or `system|` against codes, Codings, Identifiers and concepts. */
function token(name: string): Matcher {
  return (resource, value) => {
    const bar = value.indexOf('|');
    const system = bar < 0 ? undefined : value.slice(0, bar);
    const code = value.slice(bar + 1);
    return tokensOf(field(resource, name)).some(
      (one) =>
        (code === '' || one.code === code) &&
        (system === undefined || (one.system ?? '') === system),
    );
  };
}

interface Token {
  readonly system?: string | undefined;
  readonly code?: string | undefined;
}

function tokensOf(value: unknown): Token[] {
  if (value === undefined) return [];
  if (typeof value === 'string') return [{ code: value }];
  if (Array.isArray(value)) return value.flatMap(tokensOf);
  const { coding, system, code, value: identifier } = value as Record<string, unknown>;
  if (Array.isArray(coding)) return coding.flatMap(tokensOf);
  return [
    { system: system as string | undefined, code: (code ?? identifier) as string | undefined },
  ];
}

const DATE =
  /^(eq|ne|ge|gt|le|lt)?(\d{4}(?:-\d{2}(?:-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2}))?)?)?)$/;

/** A date of the query is the whole period it names: `2019` the year, `2019-03` the month. */
function matchDate(resource: FhirResource, value: string): boolean {
  const match = DATE.exec(value);
  const start = match?.[2] === undefined ? Number.NaN : Date.parse(match[2]);
  if (match?.[2] === undefined || Number.isNaN(start)) {
    throw new SearchError(
      `date is "${value}": YYYY, YYYY-MM, YYYY-MM-DD or an instant with its zone is needed, after one of eq ne ge gt le lt`,
    );
  }
  const end = endOfPeriod(match[2], start);
  const at = Date.parse(dateOf(resource));
  switch (match[1]) {
    case 'ge':
      return at >= start;
    case 'gt':
      return at >= end;
    case 'le':
      return at < end;
    case 'lt':
      return at < start;
    case 'ne':
      return at < start || at >= end;
    default:
      return at >= start && at < end;
  }
}

/** @returns the first millisecond after the period that `text` names */
function endOfPeriod(text: string, start: number): number {
  const end = new Date(start);
  if (text.length === 4) end.setUTCFullYear(end.getUTCFullYear() + 1);
  else if (text.length === 7) end.setUTCMonth(end.getUTCMonth() + 1);
  else if (text.length === 10) end.setUTCDate(end.getUTCDate() + 1);
  else if (/T\d{2}:\d{2}(Z|[+-])/.test(text)) end.setUTCMinutes(end.getUTCMinutes() + 1);
  else end.setUTCMilliseconds(end.getUTCMilliseconds() + (text.includes('.') ? 1 : 1000));
  return end.getTime();
}
