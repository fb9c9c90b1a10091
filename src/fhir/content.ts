import type { AdverseEvent, Provenance } from 'fhir/r4.js';
import { digestOf } from '../findings/finding-id.ts';

/**
 * What a resource says, without what a server adds: version, time, narrative, versions in
 * references (which servers may drop). Members in the order of their names.
 */
export function contentOf(resource: AdverseEvent | Provenance): unknown {
  const { meta, text, ...rest } = resource;
  return comparable({ ...rest, security: meta?.security });
}

/** SHA-256 of {@link contentOf}, hexadecimal. */
export function contentDigest(resource: AdverseEvent): string {
  return digestOf(contentOf(resource));
}

function comparable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(
    members.map(([name, member]) => [
      name,
      name === 'reference' && typeof member === 'string'
        ? member.replace(/\/_history\/[^/]+$/, '')
        : comparable(member),
    ]),
  );
}
