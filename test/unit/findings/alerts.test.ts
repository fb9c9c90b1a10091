import { describe, expect, test } from '@jest/globals';
import type { Alert, AlertInput } from '../../../src/findings/alert.ts';
import { decideAlerts, explainSilence } from '../../../src/findings/alerts.ts';
import type { Finding } from '../../../src/findings/finding.ts';
import {
  aFinding,
  aKnown,
  anInput,
  anOrder,
  aTolerance,
  classLink,
  ingredient,
} from './fixtures.ts';

/** The one reason for which the one finding is silent. */
function reason(changes: Partial<AlertInput>): string | undefined {
  const input = anInput(changes);
  const silent = explainSilence(input);
  expect(decideAlerts(input)).toHaveLength(silent.length === 0 ? 1 : 0);
  return silent[0]?.reason;
}

function only(changes: Partial<AlertInput>): Alert {
  const alerts = decideAlerts(anInput(changes));
  if (alerts.length !== 1 || !alerts[0]) throw new Error(`${alerts.length} alerts`);
  return alerts[0];
}

const SERIOUS: Partial<Finding> = { seriousness: ['other-medically-important'] };
const serious = aFinding({ reaction: 'anaphylaxis', ...SERIOUS });
const ofPenicillins = {
  ...aFinding({ id: 'of-penicillins' }),
  drug: { ...aFinding().drug, text: 'penicillins', link: classLink('penicillins') },
};
const uncoded = {
  ...aFinding(),
  drug: { ...aFinding().drug, text: 'Zyx-oral', link: { kind: 'uncoded' as const } },
};

describe('what a note does not say of this patient as a fact is silent', () => {
  test.each(['negated', 'hypothetical', 'family'] as const)('%s', (assertion) => {
    expect(reason({ findings: [aFinding({ assertion })] })).toBe(assertion);
  });
  test.each(['present', 'historical'] as const)('%s is shown', (assertion) => {
    expect(reason({ findings: [aFinding({ assertion })] })).toBeUndefined();
  });
  test('possible is shown, never as a warning', () => {
    const possible = { ...serious, assertion: 'possible' as const };
    const orders = [anOrder('amoxicillin')];
    expect(only({ findings: [possible], orders }).indicator).toBe('info');
    expect(only({ findings: [serious], orders }).indicator).toBe('warning');
  });
});

test('below the threshold is silent, at the threshold is not', () => {
  expect(reason({ findings: [aFinding({ confidence: 0.69 })] })).toBe('below-threshold');
  expect(reason({ findings: [aFinding({ confidence: 0.7 })] })).toBeUndefined();
});

describe('what the chart records is silent', () => {
  test.each([
    ['the same ingredient', aKnown()],
    ['as an adverse event', aKnown({ kind: 'adverse-event', reference: 'AdverseEvent/1' })],
    [
      'one ingredient of a combination',
      aKnown({ ingredients: [ingredient('clavulanate'), ingredient('amoxicillin')] }),
    ],
    [
      'its class',
      aKnown({ ingredients: [], classes: ['penicillins'], substanceText: 'Penicillins' }),
    ],
    [
      'a class by its members',
      aKnown({ ingredients: [], classes: ['aminopenicillins'], classMembers: ['723'] }),
    ],
    ['the same words', aKnown({ ingredients: [], substanceText: 'AMOXICILLIN ' })],
  ])('%s', (_, known) => {
    expect(reason({ known: [known] })).toBe('recorded');
  });

  test.each([
    [
      'another drug',
      aKnown({ ingredients: [ingredient('lisinopril')], substanceText: 'lisinopril' }),
    ],
    ['another class', aKnown({ ingredients: [], classes: ['statins'], substanceText: 'statins' })],
    [
      'a drug of the same class',
      aKnown({ ingredients: [ingredient('ampicillin')], substanceText: 'ampicillin' }),
    ],
    ['nothing', aKnown({ ingredients: [], substanceText: '' })],
  ])('%s is not', (_, known) => {
    expect(reason({ known: [known] })).toBeUndefined();
  });

  test('a class that the note speaks of, by the class or by a member', () => {
    const findings = [ofPenicillins];
    const byClass = aKnown({ ingredients: [], classes: ['penicillins'], substanceText: '' });
    expect(reason({ findings, known: [byClass] })).toBe('recorded');
    expect(reason({ findings, known: [aKnown()] })).toBe('recorded');
  });

  test('a drug without a code, by its words', () => {
    const known = [aKnown({ ingredients: [], substanceText: 'zyx oral' })];
    expect(reason({ findings: [uncoded], known })).toBe('recorded');
    expect(reason({ findings: [uncoded], known: [aKnown()] })).toBeUndefined();
  });

  test('a refuted reaction answers the notes until then, not later ones', () => {
    const known = [aKnown({ refutedOn: '2023-06-01T09:00:00Z' })];
    expect(reason({ known })).toBe('recorded');
    expect(explainSilence(anInput({ known }))[0]?.explanation).toBe(
      'AllergyIntolerance/a1 refutes it, by the ingredient',
    );
    const later = aFinding({ source: { date: '2024-02-01' } });
    expect(reason({ known, findings: [later] })).toBeUndefined();
    const undated = aFinding({ source: { date: 'unknown' } });
    expect(reason({ known, findings: [undated] })).toBeUndefined();
  });
});

describe('a drug that was tolerated after the event is silent', () => {
  test('by a later note', () => {
    expect(reason({ tolerances: [aTolerance()] })).toBe('tolerated-since');
  });

  test.each([
    ['an earlier note', aTolerance({ source: { date: '2022-12-31' } })],
    ['a note of the same day', aTolerance({ source: { date: '2023-04-03T18:00:00Z' } })],
    ['a note of that year', aTolerance({ source: { date: '2023' } })],
    ['a note without a date', aTolerance({ source: { date: '' } })],
    ['another drug', aTolerance({ of: ['ampicillin'] })],
  ])('not by %s', (_, tolerance) => {
    expect(reason({ tolerances: [tolerance] })).toBeUndefined();
  });

  test('a combination needs all that was blamed', () => {
    const findings = [aFinding({ of: ['acetaminophen', 'codeine'], reaction: 'nausea' })];
    expect(
      reason({ findings, tolerances: [aTolerance({ of: ['acetaminophen'] })] }),
    ).toBeUndefined();
    const both = aTolerance({ of: ['codeine', 'acetaminophen'] });
    expect(reason({ findings, tolerances: [both] })).toBe('tolerated-since');
    const single = [aFinding({ of: ['codeine'], reaction: 'nausea' })];
    expect(reason({ findings: single, tolerances: [both] })).toBe('tolerated-since');
  });

  test('within one note only a reaction of the past that stands before it', () => {
    const source = { reference: 'DocumentReference/d1', date: '2023-04-03' };
    const after = aTolerance({ source, start: 90 });
    const before = aTolerance({ source, start: 0 });
    const past = [aFinding({ assertion: 'historical' })];
    expect(reason({ findings: past, tolerances: [after] })).toBe('tolerated-since');
    expect(reason({ findings: past, tolerances: [before] })).toBeUndefined();
    expect(reason({ tolerances: [after] })).toBeUndefined();
  });

  test('a note that looks back tells of the event that an older note dated', () => {
    const old = aFinding({ source: { reference: 'DocumentReference/old', date: '2015-08-21' } });
    const lookingBack = aFinding({
      assertion: 'historical',
      source: { reference: 'DocumentReference/new', date: '2025-01-01' },
    });
    const tolerances = [aTolerance()];
    expect(reason({ findings: [lookingBack], tolerances })).toBeUndefined();
    const silent = explainSilence(anInput({ findings: [lookingBack, old], tolerances }));
    expect(silent.map((one) => one.reason)).toEqual(['tolerated-since', 'tolerated-since']);
    const again = { ...lookingBack, assertion: 'present' as const };
    expect(decideAlerts(anInput({ findings: [again, old], tolerances }))).toHaveLength(1);
  });

  test('a list of medications counts a month later, for what was not serious', () => {
    const listed = (date: string) => [aTolerance({ kind: 'taken', source: { date } })];
    expect(reason({ tolerances: listed('2023-06-01') })).toBe('taken-since');
    expect(reason({ tolerances: listed('2023-04-20') })).toBeUndefined();
    const findings = [serious];
    expect(reason({ findings, tolerances: listed('2023-06-01') })).toBeUndefined();
    expect(reason({ findings, tolerances: [aTolerance()] })).toBe('tolerated-since');
  });
});

describe('against an order', () => {
  test.each([
    ['the very ingredient', ['amoxicillin'], 'warning'],
    ['a combination that holds it', ['amoxicillin', 'clavulanate'], 'warning'],
  ] as const)('%s warns of what was serious', (_, names, indicator) => {
    const alert = only({ findings: [serious], orders: [anOrder(...names)] });
    expect(alert).toMatchObject({ indicator, matchedBy: 'ingredient', order: anOrder(...names) });
  });

  test('what was not serious informs', () => {
    expect(only({ orders: [anOrder('amoxicillin')] }).indicator).toBe('info');
  });

  test('a part of the combination that was blamed informs: the culprit may be the other', () => {
    const findings = [
      aFinding({ of: ['acetaminophen', 'codeine'], reaction: 'anaphylaxis', ...SERIOUS }),
    ];
    expect(only({ findings, orders: [anOrder('acetaminophen')] }).indicator).toBe('info');
  });

  test('nothing is said of drugs that are not ordered', () => {
    expect(reason({ orders: [anOrder('lisinopril')] })).toBe('not-ordered');
    expect(reason({ orders: [] })).toBe('not-ordered');
  });

  test('a drug without a code is matched by its words, and informs', () => {
    const order = { ingredients: [], text: 'zyx oral 20 mg tablet', resourceId: '1' };
    const findings = [{ ...uncoded, ...SERIOUS }];
    expect(only({ findings, orders: [order] })).toMatchObject({
      indicator: 'info',
      matchedBy: 'ingredient',
      drugDisplay: 'Zyx-oral',
    });
    expect(reason({ findings, orders: [{ ...order, text: 'zyx' }] })).toBe('not-ordered');
    expect(reason({ findings, orders: [anOrder('amoxicillin')] })).toBe('not-ordered');
  });
});

describe('a match by class alone', () => {
  const orders = [anOrder('ampicillin')];

  test('is one info alert an order, however serious and however many drugs', () => {
    const other = aFinding({ of: ['amoxicillin'], reaction: 'hives', confidence: 0.8 });
    const alert = only({ findings: [other, serious, ofPenicillins], orders });
    expect(alert).toMatchObject({ indicator: 'info', matchedBy: 'class', order: orders[0] });
    expect(alert.findings).toHaveLength(3);
    expect(alert.drugDisplay).toBe('amoxicillin, penicillins');
  });

  test('is one alert for two strengths of the ordered drug, and one more for another drug', () => {
    const [one] = orders;
    if (!one) throw new Error('no order');
    const stronger = { ...one, resourceId: 'stronger', text: 'ampicillin 1000 MG' };
    expect(only({ orders: [one, stronger] }).findings).toHaveLength(1);
    const findings = [aFinding({ of: ['simvastatin'], reaction: 'myalgia' }), aFinding()];
    const two = decideAlerts(anInput({ findings, orders: [one, anOrder('atorvastatin')] }));
    expect(two.map(({ matchedBy }) => matchedBy)).toEqual(['class', 'class']);
    expect(new Set(two.map(({ key }) => key)).size).toBe(2);
  });

  test('does not go by what drugs are for, nor from penicillins to cephalosporins', () => {
    expect(reason({ findings: [serious], orders: [anOrder('cephalexin')] })).toBe('not-ordered');
  });

  test('is silent where the ordered drug was tolerated, whenever', () => {
    const tolerances = [aTolerance({ of: ['ampicillin'], source: { date: '2001' } })];
    expect(reason({ tolerances, orders })).toBe('ordered-drug-tolerated');
  });

  test('is silent where the notes speak of a reaction to the ordered drug itself', () => {
    const own = aFinding({ of: ['ampicillin'], reaction: 'nausea' });
    const input = anInput({ findings: [serious, own], orders });
    expect(decideAlerts(input)).toMatchObject([{ matchedBy: 'ingredient', findings: [own] }]);
    expect(explainSilence(input)).toMatchObject([{ reason: 'class-of-a-drug-with-findings' }]);
  });
});

describe('cards', () => {
  test('are one a drug, with the best evidence first', () => {
    const source = (reference: string, date: string) => ({ reference, date });
    const possible = aFinding({
      reaction: 'cough',
      confidence: 0.99,
      assertion: 'possible',
      source: source('DocumentReference/1', '2024-05-01'),
    });
    const old = aFinding({ confidence: 0.9, source: source('DocumentReference/2', '2020-05-01') });
    const recent = aFinding({
      confidence: 0.9,
      source: source('DocumentReference/3', '2024-05-01'),
    });
    const lisinopril = aFinding({ of: ['lisinopril'], reaction: 'cough', confidence: 0.8 });
    const alerts = decideAlerts(
      anInput({ findings: [possible, lisinopril, old, serious, recent] }),
    );
    expect(alerts.map(({ drugDisplay }) => drugDisplay)).toEqual(['amoxicillin', 'lisinopril']);
    expect(alerts[0]?.findings).toEqual([serious, recent, old, possible]);
    expect(alerts[0]).toMatchObject({ matchedBy: 'patient', indicator: 'info' });
    expect(alerts[0]).not.toHaveProperty('order');
  });

  test('of a brand and of its ingredient are one, of a combination another', () => {
    const combination = aFinding({ of: ['amoxicillin', 'clavulanate'], reaction: 'hives' });
    const alerts = decideAlerts(anInput({ findings: [aFinding(), combination] }));
    expect(alerts.map(({ drugDisplay }) => drugDisplay).sort()).toEqual([
      'amoxicillin',
      'amoxicillin / clavulanate',
    ]);
  });

  test('of a class goes with the one drug of it that did the same, else stands alone', () => {
    const alert = only({ findings: [{ ...ofPenicillins, confidence: 1 }, aFinding()] });
    expect(alert).toMatchObject({ drugDisplay: 'amoxicillin', matchedBy: 'patient' });
    expect(alert.findings).toHaveLength(2);
    const hives = aFinding({ reaction: 'hives' });
    expect(decideAlerts(anInput({ findings: [ofPenicillins, hives] }))).toHaveLength(2);
    const second = aFinding({ of: ['ampicillin'] });
    expect(decideAlerts(anInput({ findings: [ofPenicillins, aFinding(), second] }))).toHaveLength(
      3,
    );
  });

  test('name warnings before the rest, and matches by class last', () => {
    const orders = [anOrder('ampicillin'), anOrder('lisinopril'), anOrder('codeine')];
    const findings = [
      aFinding({ confidence: 1 }),
      aFinding({ of: ['lisinopril'], reaction: 'cough', confidence: 0.95 }),
      aFinding({ of: ['codeine'], reaction: 'anaphylaxis', confidence: 0.71, ...SERIOUS }),
    ];
    const alerts = decideAlerts(anInput({ findings, orders }));
    expect(alerts.map(({ drugDisplay }) => drugDisplay)).toEqual([
      'codeine',
      'lisinopril',
      'amoxicillin',
    ]);
  });

  test('the same finding twice is one', () => {
    expect(only({ findings: [aFinding(), aFinding()] }).findings).toHaveLength(1);
  });
});

describe('the key', () => {
  const orders = [anOrder('amoxicillin')];

  test('is the same for the same news, whichever note tells it and however it is asked', () => {
    const another = aFinding({ source: { reference: 'DocumentReference/9', date: '2020-01-01' } });
    const { key } = only({});
    expect(only({ findings: [another] }).key).toBe(key);
    expect(only({ findings: [aFinding(), another] }).key).toBe(key);
    expect(only({ orders }).key).toBe(key);
  });

  test.each([
    ['another patient', { findings: [aFinding({ patientId: 'p2' })] }],
    ['another event', { findings: [aFinding({ reaction: 'hives' })] }],
    ['another drug', { findings: [aFinding({ of: ['lisinopril'] })] }],
  ])('is another for %s', (_, changes) => {
    expect(only(changes).key).not.toBe(only({}).key);
  });

  test('holds no patient data', () => {
    expect(only({}).key).toMatch(/^[0-9a-f]{16}$/);
  });
});

describe('news that was dismissed', () => {
  const orders = [anOrder('amoxicillin')];
  const dismissed = (...alerts: Alert[]) => new Set(alerts.map(({ key }) => key));

  test('is silent in every hook', () => {
    const keys = dismissed(only({ orders }));
    expect(reason({ orders, dismissed: keys })).toBe('dismissed');
    expect(reason({ dismissed: keys })).toBe('dismissed');
  });

  test('stays silent when another event is told besides, which alone is shown', () => {
    const hives = aFinding({ reaction: 'hives' });
    const findings = [aFinding(), hives];
    expect(only({ findings, dismissed: dismissed(only({})) }).findings).toEqual([hives]);
    const both = dismissed(only({ findings }));
    expect(reason({ dismissed: both })).toBe('dismissed');
  });

  test('as information when the chart was opened still warns when the drug is ordered', () => {
    const findings = [serious];
    const keys = dismissed(only({ findings }));
    expect(only({ findings, orders, dismissed: keys }).indicator).toBe('warning');
    const warned = dismissed(only({ findings, orders }));
    expect(reason({ findings, orders, dismissed: warned })).toBe('dismissed');
    expect(reason({ findings, dismissed: warned })).toBe('dismissed');
  });

  test('by class says nothing of the drug itself', () => {
    const keys = dismissed(only({ orders: [anOrder('ampicillin')] }));
    expect(reason({ orders: [anOrder('ampicillin')], dismissed: keys })).toBe('dismissed');
    expect(reason({ orders, dismissed: keys })).toBeUndefined();
  });
});
