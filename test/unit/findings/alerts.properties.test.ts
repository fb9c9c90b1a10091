import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ASSERTIONS } from '../../../src/extraction/extraction.ts';
import type { Alert, AlertInput } from '../../../src/findings/alert.ts';
import { decideAlerts, explainSilence } from '../../../src/findings/alerts.ts';
import { aFinding, aKnown, anOrder, aTolerance, classLink, ingredient } from './fixtures.ts';

const drug = fc.constantFrom(
  ['amoxicillin'],
  ['ampicillin'],
  ['amoxicillin', 'clavulanate'],
  ['lisinopril'],
  ['simvastatin'],
);
const date = fc.constantFrom('2019', '2021-05', '2022-03-04', '2023-04-03T10:00:00Z', '');
const document = fc.integer({ min: 1, max: 4 }).map((id) => `DocumentReference/${id}`);

const finding = fc
  .record({
    of: drug,
    reaction: fc.constantFrom('rash', 'hives', 'anaphylaxis', 'woozy'),
    confidence: fc.double({ min: 0, max: 1, noNaN: true }),
    assertion: fc.constantFrom(...ASSERTIONS),
    serious: fc.boolean(),
    ofClass: fc.boolean(),
    source: fc.record({ date, reference: document }),
    id: fc.uuid(),
  })
  .map(({ serious, ofClass, ...changes }) => {
    const made = aFinding({
      ...changes,
      seriousness: serious ? ['other-medically-important'] : [],
    });
    return ofClass ? { ...made, drug: { ...made.drug, link: classLink('penicillins') } } : made;
  });
const tolerance = fc
  .record({
    of: drug,
    kind: fc.constantFrom('tolerated' as const, 'taken' as const),
    source: fc.record({ date, reference: document }),
    start: fc.constantFrom(0, 90),
  })
  .map(aTolerance);
const known = fc.oneof(
  drug.map((names) => aKnown({ ingredients: names.map(ingredient), substanceText: names.join() })),
  fc.constant(aKnown({ ingredients: [], classes: ['penicillins'], substanceText: 'penicillins' })),
  fc.constant(aKnown({ ingredients: [], classes: [], substanceText: 'lisinopril' })),
  drug.map((names) => aKnown({ ingredients: names.map(ingredient), refutedOn: '2022-01-01' })),
);
const orders = fc.option(
  fc.array(
    drug.map((names) => anOrder(...names)),
    { maxLength: 3 },
  ),
  { nil: undefined },
);

/** Inputs in which some of what would be shown was dismissed before. */
const input: fc.Arbitrary<AlertInput> = fc
  .record({
    findings: fc.array(finding, { maxLength: 8 }),
    tolerances: fc.array(tolerance, { maxLength: 4 }),
    known: fc.array(known, { maxLength: 2 }),
    orders,
    threshold: fc.double({ min: 0, max: 1, noNaN: true }),
    dismissedBefore: fc.array(fc.boolean(), { maxLength: 4 }),
  })
  .map(({ orders, dismissedBefore, ...rest }) => {
    const made: AlertInput = { ...rest, dismissed: new Set(), ...(orders && { orders }) };
    const keys = decideAlerts(made)
      .filter((_, index) => dismissedBefore[index])
      .map(({ key }) => key);
    return { ...made, dismissed: new Set(keys) };
  });

/** Each finding that is shown, with the card that shows it. */
function shown(alerts: readonly Alert[]): string[] {
  return alerts.flatMap((alert) =>
    alert.findings.map(({ id }) => `${id} ${alert.matchedBy} ${alert.order?.resourceId}`),
  );
}

function expectNothingAdded(before: AlertInput, after: AlertInput): void {
  const [had, has] = [decideAlerts(before), decideAlerts(after)];
  expect(has.length).toBeLessThanOrEqual(had.length);
  const shownBefore = shown(had).map((one) => one.split(' ')[0]);
  for (const one of shown(has)) expect(shownBefore).toContain(one.split(' ')[0]);
  const warnings = (alerts: readonly Alert[]) =>
    alerts.filter(({ indicator }) => indicator === 'warning').length;
  expect(warnings(has)).toBeLessThanOrEqual(warnings(had));
}

describe('the alert policy', () => {
  test('never says more for a reaction that is recorded', () => {
    fc.assert(
      fc.property(input, known, (before, one) =>
        expectNothingAdded(before, { ...before, known: [...before.known, one] }),
      ),
    );
  });

  test('never says more for a higher threshold', () => {
    fc.assert(
      fc.property(input, fc.double({ min: 0, max: 1, noNaN: true }), (before, more) =>
        expectNothingAdded(before, { ...before, threshold: before.threshold + more }),
      ),
    );
  });

  test('never says more for a drug that was tolerated', () => {
    fc.assert(
      fc.property(input, tolerance, (before, one) =>
        expectNothingAdded(before, { ...before, tolerances: [...before.tolerances, one] }),
      ),
    );
  });

  test('never says again what was dismissed, and dismissing never brings up other news', () => {
    fc.assert(
      fc.property(input, (before) => {
        const keys = decideAlerts(before).map(({ key }) => key);
        expect(
          decideAlerts({ ...before, dismissed: new Set([...before.dismissed, ...keys]) }),
        ).toEqual([]);
      }),
    );
  });

  test('does not depend on the order of its input', () => {
    fc.assert(
      fc.property(input, (one) => {
        const other: AlertInput = {
          ...one,
          findings: one.findings.toReversed(),
          tolerances: one.tolerances.toReversed(),
          known: one.known.toReversed(),
          ...(one.orders && { orders: one.orders.toReversed() }),
        };
        expect(decideAlerts(other)).toEqual(decideAlerts(one));
      }),
    );
  });

  test('shows each finding or says why not, and never both', () => {
    fc.assert(
      fc.property(input, (one) => {
        const visible = new Set(decideAlerts(one).flatMap(({ findings }) => findings));
        const silent = explainSilence(one).map(({ finding }) => finding);
        const all = new Set(one.findings.map(({ id }) => id));
        expect(new Set([...visible, ...silent].map(({ id }) => id))).toEqual(all);
        expect(visible.size + silent.length).toBe(all.size);
      }),
    );
  });

  test('gives each alert a key of its own, findings, and never `critical`', () => {
    fc.assert(
      fc.property(input, (one) => {
        const alerts = decideAlerts(one);
        expect(new Set(alerts.map(({ key }) => key)).size).toBe(alerts.length);
        for (const alert of alerts) {
          expect(alert.findings.length).toBeGreaterThan(0);
          expect(['info', 'warning']).toContain(alert.indicator);
          if (alert.indicator === 'warning') {
            expect(alert.matchedBy).toBe('ingredient');
            expect(alert.order).toBeDefined();
          }
        }
      }),
    );
  });
});
