import { describe, expect, test } from '@jest/globals';
import { instantsOf, isAfter } from '../../../src/findings/note-date.ts';

describe('a date covers', () => {
  test.each([
    ['2023', '2023-01-01T00:00:00.000Z', '2023-12-31T23:59:59.999Z'],
    ['2024-02', '2024-02-01T00:00:00.000Z', '2024-02-29T23:59:59.999Z'],
    ['2023-12', '2023-12-01T00:00:00.000Z', '2023-12-31T23:59:59.999Z'],
    ['2023-04-03', '2023-04-03T00:00:00.000Z', '2023-04-03T23:59:59.999Z'],
    ['2023-04-03T10:00:00+02:00', '2023-04-03T08:00:00.000Z', '2023-04-03T08:00:00.000Z'],
    ['2023-04-03T10:00:00', '2023-04-03T10:00:00.000Z', '2023-04-03T10:00:00.000Z'],
  ])('%s: %s to %s', (date, first, last) => {
    const instants = instantsOf(date);
    expect(instants && new Date(instants.first).toISOString()).toBe(first);
    expect(instants && new Date(instants.last).toISOString()).toBe(last);
  });

  test.each([undefined, '', 'last spring', '03.04.2023', '2023-04-03Tlate'])(
    '%s: nothing',
    (date) => {
      expect(instantsOf(date)).toBeUndefined();
    },
  );
});

describe('one date is after another', () => {
  test.each([
    ['2023-04-04', '2023-04-03', 0, true],
    ['2023-04-03', '2023-04-03', 0, false],
    ['2023', '2023-04-03', 0, false],
    ['2024', '2023-04-03', 0, true],
    ['2023-05-04', '2023-04-03', 30, true],
    ['2023-05-03', '2023-04-03', 30, false],
    [undefined, '2023-04-03', 0, false],
    ['2023-04-04', undefined, 0, false],
  ])('%s after %s by %i days: %s', (later, earlier, days, expected) => {
    expect(isAfter(later, earlier, days)).toBe(expected);
  });
});
