import { describe, expect, test } from '@jest/globals';
import { selectReports } from '../../../src/fhir/report.ts';
import { finding } from '../hooks/alerts.ts';

const options = { threshold: 0.5, recorded: new Set<string>() };

describe('Choosing what becomes an AdverseEvent', () => {
  test.each(['present', 'historical'] as const)('%s events are reported', (assertion) => {
    expect(selectReports([finding({ assertion })], options).reports).toHaveLength(1);
  });

  test.each(['negated', 'hypothetical', 'family', 'possible'] as const)(
    '%s events are not',
    (assertion) => {
      const { reports, left } = selectReports([finding({ assertion })], options);
      expect(reports).toEqual([]);
      expect(left.map(({ because }) => because)).toEqual(['not-affirmed']);
    },
  );

  test('below the threshold nothing is reported', () => {
    expect(selectReports([finding({ confidence: 0.49 })], options).left).toMatchObject([
      { because: 'below-threshold' },
    ]);
  });

  test('what a person recorded already is left, another event of the same drug is not', () => {
    const recorded = new Set(['rxnorm 723|meddra 10037844']);
    const nausea = finding(
      {},
      { event: 'nausea', quote: 'nausea on amoxicillin', eventCoding: null },
    );
    const { left, reports } = selectReports([finding(), nausea], { ...options, recorded });
    expect(left).toMatchObject([{ because: 'recorded' }]);
    expect(reports).toHaveLength(1);
  });

  test('a class of drugs is nobody to blame', () => {
    const { drug } = finding();
    const link = {
      kind: 'class',
      className: 'penicillins',
      members: ['723'],
      method: 'exact',
      score: 1,
      matchedTerm: 'penicillins',
    } as const;
    expect(selectReports([finding({ drug: { ...drug, link } })], options).left).toMatchObject([
      { because: 'drug-class' },
    ]);
  });

  test('the same drug and event in several notes is one report, surest first, with a stable id', () => {
    const base = finding();
    const other = finding({
      id: 'f2',
      confidence: 0.99,
      evidence: {
        ...base.evidence,
        source: { ...base.evidence.source, reference: 'DocumentReference/d2' },
      },
    });
    const one = selectReports([base, other], options).reports;
    const turned = selectReports([other, base], options).reports;
    expect(one).toHaveLength(1);
    expect(one[0]?.findings.map(({ id }) => id)).toEqual(['f2', 'f1']);
    expect(turned[0]?.id).toBe(one[0]?.id);
    expect(one[0]?.id).toMatch(/^[A-Za-z0-9.-]{1,64}$/);
  });

  test('another patient, drug, event or server is another report; the id tells none of them', () => {
    const base = finding();
    const others = [
      finding({ patientId: 'p2' }),
      finding({}, { event: 'hives', quote: 'hives on amoxicillin', eventCoding: null }),
      finding({
        evidence: {
          ...base.evidence,
          source: { ...base.evidence.source, server: 'https://other.example/fhir' },
        },
      }),
    ];
    const ids = [base, ...others].map((one) => selectReports([one], options).reports[0]?.id);
    expect(new Set(ids).size).toBe(4);
    expect(ids.join()).not.toMatch(/p1|p2|amoxicillin|rash/);
  });
});
