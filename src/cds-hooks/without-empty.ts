/** Members whose content is not the protocol's: a FHIR resource has rules of its own. */
const FOREIGN = new Set(['resource', 'extension']);
/** "[Not] empty, unless otherwise specified": an empty `cards` says that there is no guidance. */
const MAY_BE_EMPTY = new Set(['cards', 'services']);

/**
 * A copy without `null`, `""`, `[]` and `{}`, which JSON elements must not be.
 * https://cds-hooks.hl7.org/2.0/#use-of-json
 */
export function withoutEmpty<T extends object>(value: T): T {
  return (prune(value) ?? {}) as T;
}

function prune(value: unknown): unknown {
  if (value === null || value === '') return undefined;
  if (typeof value !== 'object') return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => prune(item)).filter((item) => item !== undefined);
    return items.length > 0 ? items : undefined;
  }
  const members = Object.entries(value)
    .map(([key, member]) => [key, FOREIGN.has(key) ? member : pruneMember(key, member)] as const)
    .filter(([, member]) => member !== undefined);
  return members.length > 0 ? Object.fromEntries(members) : undefined;
}

function pruneMember(key: string, member: unknown): unknown {
  return prune(member) ?? (MAY_BE_EMPTY.has(key) && Array.isArray(member) ? [] : undefined);
}
