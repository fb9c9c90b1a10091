import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { DocumentReference } from 'fhir/r4.js';
import { bundleResources } from '../../../src/fhir/bundle-resources.ts';
import { currentDocuments } from '../../../src/fhir/current-documents.ts';
import { searchDocuments } from '../../../src/fhir/documents.ts';
import { createFhirClient } from '../../../src/fhir/fhir-client.ts';
import {
  documentOf,
  type FaultyFhirServer,
  halfBrokenBundle,
  json,
  searchset,
  startFaultyFhirServer,
  status,
  unauthorized,
} from '../../support/faulty-fhir-server.ts';

const ids = (documents: readonly DocumentReference[]) => documents.map(({ id }) => id);
const replaces = (id: string, code: unknown = 'replaces') =>
  ({
    relatesTo: [{ code, target: { reference: `DocumentReference/${id}` } }],
  }) as Partial<DocumentReference>;

describe('searchDocuments', () => {
  let server: FaultyFhirServer;
  beforeEach(async () => {
    server = await startFaultyFhirServer();
  });
  afterEach(() => server.close());

  const search = (changes: Partial<Parameters<typeof searchDocuments>[1]> = {}) =>
    searchDocuments(
      createFhirClient({ baseUrl: server.baseUrl, timeoutMs: 20_000, maximumRetries: 0 }),
      { patientId: 'p1', ...changes },
    );

  test('asks for the patient’s documents, the newest first, and follows the pages', async () => {
    server.on('DocumentReference', json(searchset([documentOf('a', 'x')], '?page=2')));
    server.on('?page=2', json(searchset([documentOf('b', 'y'), documentOf('a', 'x')])));
    const { documents, problems } = await search();
    expect(ids(documents)).toEqual(['a', 'b']);
    expect(problems).toEqual({
      enteredInError: 0,
      superseded: 0,
      sameContent: 0,
      drafts: 0,
      otherPatients: 0,
      brokenEntries: 0,
      more: false,
    });
    expect(server.requests[0]?.path).toBe('DocumentReference?patient=p1&_count=100&_sort=-date');
  });

  test('limits by category, date and page size', async () => {
    server.on('DocumentReference', json(searchset([])));
    const categories = ['clinical-note', 'http://loinc.org|11488-4'];
    await search({ categories, since: '2020-01-01', until: '2024', pageSize: 7 });
    const asked = new URLSearchParams(server.requests[0]?.path.split('?')[1]);
    expect(asked.get('category')).toBe('clinical-note,http://loinc.org|11488-4');
    expect(asked.getAll('date')).toEqual(['ge2020-01-01', 'le2024']);
    expect(asked.get('_count')).toBe('7');
  });

  test('leaves out what is surely outside the dates, where the server does not', async () => {
    const dated = (id: string, date?: string) => documentOf(id, 'x', date ? { date } : {});
    server.on(
      'DocumentReference',
      json(
        searchset([
          dated('before', '2019-12-30T00:00:00Z'),
          dated('first', '2020-01-01T00:00:00+02:00'),
          dated('undated'),
          dated('last', '2020-12-31T23:59:59-05:00'),
          dated('after', '2021-01-02T00:00:00Z'),
        ]),
      ),
    );
    for (const until of ['2020', '2020-12', '2020-12-31']) {
      const { documents } = await search({ since: '2020-01-01', until });
      expect(ids(documents)).toEqual(['first', 'undated', 'last']);
    }
  });

  test('asks again without order and dates where the server refuses them', async () => {
    server.on('DocumentReference', status(400), json(searchset([documentOf('a', 'x')])));
    const { documents } = await search({ since: '2020-01-01', categories: ['clinical-note'] });
    expect(ids(documents)).toEqual(['a']);
    expect(server.requests[1]?.path).toBe(
      'DocumentReference?patient=p1&category=clinical-note&_count=100',
    );
  });

  test('survives a half-broken bundle: broken entries are counted, the others returned', async () => {
    server.on(
      'DocumentReference',
      json(halfBrokenBundle([documentOf('a', 'x'), documentOf('b', 'y')])),
    );
    const { documents, problems } = await search();
    expect(ids(documents)).toEqual(['a', 'b']);
    expect(problems.brokenEntries).toBe(5);
  });

  test.each([[{}], ['entries'], [7]])('survives entries that are %j', async (entry) => {
    server.on('DocumentReference', json({ resourceType: 'Bundle', type: 'searchset', entry }));
    expect(await search()).toMatchObject({ documents: [], problems: { brokenEntries: 1 } });
  });

  test('ends with the largest number that is wanted, and says that there are more', async () => {
    const page = searchset([documentOf('a', 'x'), documentOf('b', 'x')], '?page=2');
    server.on('DocumentReference', json(page));
    const limited = await search({ maximumDocuments: 2 });
    expect(ids(limited.documents)).toEqual(['a', 'b']);
    expect(limited.problems.more).toBe(true);
    expect(server.requests).toHaveLength(1);
    server.on('DocumentReference', json({ ...page, link: [] }));
    expect((await search({ maximumDocuments: 2 })).problems.more).toBe(false);
  });

  test('does not return another patient’s documents, also when the server does', async () => {
    const of = (id: string, reference: string) => documentOf(id, 'x', { subject: { reference } });
    server.on(
      'DocumentReference',
      json(
        searchset([
          of('mine', 'https://ehr.example/fhir/Patient/p1/_history/3'),
          of('other', 'Patient/p2'),
          documentOf('nobody', 'x', { subject: { display: 'somebody' } }),
        ]),
      ),
    );
    const { documents, problems } = await search();
    expect(ids(documents)).toEqual(['mine', 'nobody']);
    expect(problems.otherPatients).toBe(1);
  });

  test('fails with the server', async () => {
    server.on('DocumentReference', unauthorized);
    await expect(search()).rejects.toMatchObject({ kind: 'unauthorized', status: 401 });
  });
});

describe('currentDocuments', () => {
  test('leaves out what is entered in error, superseded or cancelled', () => {
    const { documents, leftOut } = currentDocuments([
      documentOf('current', 'x'),
      documentOf('error', 'x', { status: 'entered-in-error' }),
      documentOf('old', 'x', { status: 'superseded' }),
      documentOf('composition-error', 'x', { docStatus: 'entered-in-error' }),
      documentOf('cancelled', 'x', { docStatus: 'cancelled' as 'final' }),
      documentOf('deprecated', 'x', { docStatus: 'deprecated' as 'final' }),
      documentOf('draft', 'x', { docStatus: 'preliminary' }),
      documentOf('amended', 'x', { docStatus: 'amended' }),
    ]);
    expect(ids(documents)).toEqual(['current', 'draft', 'amended']);
    expect(leftOut).toEqual({
      enteredInError: 3,
      superseded: 2,
      sameContent: 0,
      drafts: 0,
      otherPatients: 0,
    });
  });

  test('leaves drafts out when asked to', () => {
    const draft = documentOf('draft', 'x', { docStatus: 'preliminary' });
    expect(currentDocuments([draft]).documents).toHaveLength(1);
    expect(currentDocuments([draft], { withoutDrafts: true })).toMatchObject({
      documents: [],
      leftOut: { drafts: 1 },
    });
  });

  test.each([['replaces'], [{ coding: [{ code: 'replaces' }] }]])(
    'leaves out what another one replaces (%j), also through one that was superseded',
    (code) => {
      const { documents, leftOut } = currentDocuments([
        documentOf('first', 'x'),
        documentOf('second', 'x', { status: 'superseded', ...replaces('first', code) }),
        documentOf('third', 'x', replaces('second', code)),
      ]);
      expect(ids(documents)).toEqual(['third']);
      expect(leftOut.superseded).toBe(2);
    },
  );

  test('keeps what only a document in error, an append or itself claims to replace', () => {
    const { documents } = currentDocuments([
      documentOf('a', 'x', replaces('a')),
      documentOf('b', 'x', { status: 'entered-in-error', ...replaces('a') }),
      documentOf('c', 'x', replaces('a', 'appends')),
      documentOf('d', 'x', { relatesTo: [null, {}, { code: 'replaces' }] as never }),
    ]);
    expect(ids(documents)).toEqual(['a', 'c', 'd']);
  });

  test('reads the same content once, in the format that can be read better', () => {
    const pdf = documentOf('pdf', '%PDF', {}, 'application/pdf');
    const html = (changes = {}) => documentOf('html', '<p>x', changes, 'text/html');
    const text = (changes = {}) => documentOf('text', 'x', changes);
    const kept = (...documents: DocumentReference[]) => ids(currentDocuments(documents).documents);
    expect(kept(pdf, html(replaces('pdf', 'transforms')))).toEqual(['html']);
    expect(kept(html(), text(replaces('html', 'transforms')))).toEqual(['text']);
    expect(kept(text(), html(replaces('text', 'transforms')))).toEqual(['text']);
  });
});

describe('bundleResources', () => {
  test('counts what should be a resource and is none', () => {
    const { resources, broken } = bundleResources<DocumentReference>(
      halfBrokenBundle([documentOf('a', 'x')]),
      'DocumentReference',
    );
    expect(ids(resources)).toEqual(['a']);
    expect(broken).toBe(5);
    expect(bundleResources({ resourceType: 'Bundle', type: 'searchset' }, 'Patient')).toEqual({
      resources: [],
      broken: 0,
    });
  });
});
