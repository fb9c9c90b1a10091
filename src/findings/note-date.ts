/** First and last instant that a date may mean, milliseconds since 1970. */
export interface Instants {
  readonly first: number;
  readonly last: number;
}

const DAY_MS = 86_400_000;

/**
 * An ISO 8601 date or instant as the span of time that it covers: `2023` is the whole year. Dates
 * without a time are taken in UTC; undefined where there is none, or none that can be read.
 */
export function instantsOf(date: string | undefined): Instants | undefined {
  const parts = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(date ?? '');
  if (parts) {
    const [year, month, day] = [Number(parts[1]), Number(parts[2] ?? 1), Number(parts[3] ?? 1)];
    const first = Date.UTC(year, month - 1, day);
    const next = parts[3]
      ? first + DAY_MS
      : parts[2]
        ? Date.UTC(year, month, 1)
        : Date.UTC(year + 1, 0, 1);
    return Number.isNaN(first) ? undefined : { first, last: next - 1 };
  }
  if (!date || !/^\d{4}-\d{2}-\d{2}T/.test(date)) return undefined;
  const zoned = /(?:Z|[+-]\d{2}:?\d{2})$/.test(date) ? date : `${date}Z`;
  const instant = Date.parse(zoned);
  return Number.isNaN(instant) ? undefined : { first: instant, last: instant };
}

/** Whether all of `later` lies at least `days` after all of `earlier`; false where either is unknown. */
export function isAfter(later: string | undefined, earlier: string | undefined, days = 0): boolean {
  const [one, other] = [instantsOf(later), instantsOf(earlier)];
  return !!one && !!other && one.first > other.last + days * DAY_MS;
}
