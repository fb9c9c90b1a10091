import { describe, expect, test } from '@jest/globals';
import { nextLink, readPrefetched } from '../../../src/cds-hooks/prefetch.ts';
import { checkTemplate, resolveTemplate } from '../../../src/cds-hooks/prefetch-template.ts';

const NOTE = { resourceType: 'DocumentReference', id: 'd1' };
const HINT = { resourceType: 'OperationOutcome', issue: [] };

describe('what a prefetched value says', () => {
  test.each<[string, Record<string, unknown> | undefined, object]>([
    ['no prefetch at all', undefined, { state: 'absent' }],
    ['the key is not there', { other: null }, { state: 'absent' }],
    ['null: there are no data, and no need to fetch', { key: null }, { state: 'none' }],
    ['an OperationOutcome (52)', { key: HINT }, { state: 'failed' }],
    ['no resource', { key: 'text' }, { state: 'failed' }],
    ['a list', { key: [NOTE] }, { state: 'failed' }],
    ['one resource', { key: NOTE }, { state: 'resources', resources: [NOTE] }],
    [
      'a Bundle',
      { key: { resourceType: 'Bundle', entry: [{ resource: NOTE }] } },
      { state: 'resources', resources: [NOTE] },
    ],
    [
      'a Bundle without entries',
      { key: { resourceType: 'Bundle' } },
      { state: 'resources', resources: [] },
    ],
    [
      'a Bundle of another shape',
      { key: { resourceType: 'Bundle', entry: 'x' } },
      { state: 'failed' },
    ],
    [
      'a Bundle with a hint beside the data',
      {
        key: { resourceType: 'Bundle', entry: [{ resource: HINT }, null, {}, { resource: NOTE }] },
      },
      { state: 'resources', resources: [NOTE] },
    ],
    [
      'a Bundle with nothing but an error',
      { key: { resourceType: 'Bundle', entry: [{ resource: HINT }] } },
      { state: 'failed' },
    ],
    ['a name of Object.prototype', {}, { state: 'absent' }],
  ])('%s', (_name, prefetch, expected) => {
    expect(readPrefetched(prefetch, 'key')).toMatchObject(expected);
    expect(readPrefetched({}, 'constructor')).toEqual({ state: 'absent' });
  });

  test('a Bundle with a next link is not finished', () => {
    const bundle = {
      resourceType: 'Bundle',
      link: [
        { relation: 'self', url: 'https://ehr.example/a' },
        { relation: 'next', url: 'https://ehr.example/b' },
      ],
      entry: [{ resource: NOTE }],
    };
    expect(readPrefetched({ key: bundle }, 'key')).toEqual({
      state: 'resources',
      resources: [NOTE],
      unfinished: bundle,
    });
    expect(nextLink(bundle)).toBe('https://ehr.example/b');
    expect(nextLink({ resourceType: 'Bundle', link: 'x' })).toBeUndefined();
  });
});

describe('the query that a template stands for', () => {
  const now = new Date('2026-03-01T12:00:00Z');
  const context = {
    userId: 'Practitioner/lee',
    patientId: 'p 1',
    draftOrders: {},
    count: 3,
    flag: true,
  };
  test.each<[string, object]>([
    ['Patient/{{context.patientId}}', { query: 'Patient/p%201' }],
    ['Practitioner/{{ userPractitionerId }}', { query: 'Practitioner/lee' }],
    ['Patient/{{userPatientId}}', { missing: 'userPatientId' }],
    ['Encounter/{{context.encounterId}}', { missing: 'context.encounterId' }],
    ['X?a={{context.count}}&b={{context.flag}}', { query: 'X?a=3&b=true' }],
    ['X?a={{context.draftOrders}}', { missing: 'context.draftOrders' }],
    ['X?a={{context.constructor}}', { missing: 'context.constructor' }],
    ['X?date=ge{{today() - 90 days}}', { query: 'X?date=ge2025-12-01' }],
    ['X?date=lt{{today()}}', { query: 'X?date=lt2026-03-01' }],
    ['X?date=lt{{today() + 1 day}}', { query: 'X?date=lt2026-03-02' }],
  ])('%s', (template, expected) => {
    expect(resolveTemplate(template, context, now)).toEqual(expected);
  });

  test('checkTemplate lets through what the specification allows (55–57, 59)', () => {
    const template = 'X?a={{context.patientId}}&b={{userRelatedPersonId}}&c={{today() - 1 days}}';
    expect(() => checkTemplate('order-sign', 'key', template)).not.toThrow();
  });
});
