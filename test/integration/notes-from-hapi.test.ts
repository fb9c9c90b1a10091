import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Bundle, DocumentReference, FhirResource } from 'fhir/r4.js';
import type { FhirClientOptions } from '../../src/fhir/client.ts';
import { searchDocuments } from '../../src/fhir/documents.ts';
import { createFhirClient } from '../../src/fhir/fhir-client.ts';
import { readNotes } from '../../src/fhir/read-notes.ts';
import type { Note } from '../../src/notes/note.ts';
import { type Hapi, startHapi } from '../support/hapi.ts';

const SLOW_MS = 300_000;

let hapi: Hapi;
/** Every run has its own patients: one server serves all tests. */
const patientId = `notes-${randomUUID()}`;
const otherPatientId = `notes-${randomUUID()}`;
const documentId = (name: string) => `${name}-${patientId}`.slice(0, 64);

const HTML =
  '<html><head><title>x</title></head><body><h2>ALLERGIES</h2>' +
  '<table><tr><td>Sulfa</td><td>r&ouml;te</td></tr></table><p>Took &lt;5&nbsp;mg.</p></body></html>';

beforeAll(async () => {
  hapi = await startHapi();
  await load();
}, 400_000);

afterAll(async () => {
  await hapi?.stop();
}, 120_000);

function client(changes: Partial<FhirClientOptions> = {}) {
  return createFhirClient({
    baseUrl: hapi.baseUrl,
    timeoutMs: SLOW_MS,
    maximumRetries: 3,
    ...changes,
  });
}

function document(
  name: string,
  contentType: string,
  content: { data: string } | { url: string },
  changes: Omit<Partial<DocumentReference>, 'id'> = {},
): DocumentReference & { id: string } {
  return {
    resourceType: 'DocumentReference',
    id: documentId(name),
    status: 'current',
    subject: { reference: `Patient/${patientId}` },
    category: [
      {
        coding: [
          {
            system: 'http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category',
            code: 'clinical-note',
          },
        ],
      },
    ],
    content: [{ attachment: { contentType, ...content } }],
    ...changes,
  };
}

const base64 = (text: string, encoding: BufferEncoding = 'utf8') => ({
  data: Buffer.from(text, encoding).toString('base64'),
});

async function load(): Promise<void> {
  const binaryId = documentId('html');
  const resources: (FhirResource & { id: string })[] = [
    { resourceType: 'Patient', id: patientId },
    { resourceType: 'Patient', id: otherPatientId },
    {
      resourceType: 'Binary',
      id: binaryId,
      contentType: 'text/html; charset=utf-8',
      ...base64(HTML),
    },
    document('inline', 'text/plain; charset=utf-8', base64('Rash after penicillin – 2019. 💊'), {
      type: { text: 'Progress note' },
      date: '2023-04-03T10:00:00Z',
      author: [{ display: 'Dr. Ada Example' }],
    }),
    document('latin', 'text/plain; charset=iso-8859-1', base64('Ödem nach Enalapril', 'latin1'), {
      date: '2022-01-01T00:00:00Z',
    }),
    document(
      'utf16',
      'text/plain; charset=utf-16',
      base64('\uFEFFÖdem nach Enalapril', 'utf16le'),
      {
        date: '2021-06-01T00:00:00Z',
      },
    ),
    document('html', 'text/html', { url: `Binary/${binaryId}` }, { date: '2020-01-01T00:00:00Z' }),
    document(
      'absolute',
      'text/html',
      { url: `${hapi.baseUrl}/Binary/${binaryId}` },
      { date: '2019-01-01T00:00:00Z' },
    ),
    document('empty', 'text/plain', base64('\n'), { date: '2018-06-01T00:00:00Z' }),
    document('pdf', 'application/pdf', base64('%PDF-1.7'), { date: '2018-01-01T00:00:00Z' }),
    document(
      'gone',
      'text/plain',
      { url: `Binary/${documentId('no-such')}` },
      { date: '2017-01-01T00:00:00Z' },
    ),
    document(
      'elsewhere',
      'text/plain',
      { url: 'https://elsewhere.example/note.txt' },
      { date: '2016-01-01T00:00:00Z' },
    ),
    document('in-error', 'text/plain', base64('Never happened.'), { status: 'entered-in-error' }),
    document('superseded', 'text/plain', base64('An older one.'), { status: 'superseded' }),
    document('replaced', 'text/plain', base64('The first try.'), {}),
    document('replacing', 'text/plain', base64('The second try.'), {
      date: '2015-01-01T00:00:00Z',
      relatesTo: [
        { code: 'replaces', target: { reference: `DocumentReference/${documentId('replaced')}` } },
      ],
    }),
    document('imaging', 'text/plain', base64('No fracture.'), {
      date: '2014-01-01T00:00:00Z',
      category: [{ coding: [{ system: 'http://loinc.org', code: '18748-4' }] }],
    }),
    document('other-patient', 'text/plain', base64('Somebody else.'), {
      subject: { reference: `Patient/${otherPatientId}` },
    }),
  ];
  const bundle: Bundle = {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: resources.map((resource) => ({
      resource,
      request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
    })),
  };
  await client().transaction(bundle);
}

const names = (documents: readonly DocumentReference[]) =>
  documents.map(({ id }) => id?.split(`-${patientId.slice(0, 6)}`)[0]);

describe('the documents of a patient', () => {
  test(
    'come over several pages, without what is in error, superseded or replaced',
    async () => {
      const { documents, problems } = await searchDocuments(client(), { patientId, pageSize: 4 });
      expect(names(documents)).toEqual([
        'inline',
        'latin',
        'utf16',
        'html',
        'absolute',
        'empty',
        'pdf',
        'gone',
        'elsewhere',
        'replacing',
        'imaging',
      ]);
      expect(problems).toMatchObject({
        enteredInError: 1,
        superseded: 2,
        brokenEntries: 0,
        otherPatients: 0,
        more: false,
      });
    },
    SLOW_MS,
  );

  test(
    'can be limited by category and dates',
    async () => {
      const { documents } = await searchDocuments(client(), {
        patientId,
        categories: ['clinical-note'],
        since: '2020-01-01',
        until: '2022-01-01',
      });
      expect(names(documents)).toEqual(['latin', 'utf16', 'html']);
    },
    SLOW_MS,
  );

  test(
    'end with the number that is wanted',
    async () => {
      const search = { patientId, pageSize: 2, maximumDocuments: 3 };
      const { documents, problems } = await searchDocuments(client(), search);
      expect(names(documents)).toEqual(['inline', 'latin', 'utf16']);
      expect(problems.more).toBe(true);
    },
    SLOW_MS,
  );
});

describe('the notes of a patient', () => {
  test(
    'are read whatever their kind, and what cannot be read is named',
    async () => {
      const fhir = client();
      const { documents } = await searchDocuments(fhir, { patientId });
      const { notes, unreadable } = await readNotes(fhir, documents);
      const html = 'ALLERGIES\n\nSulfa | röte\n\nTook <5 mg.';
      expect(notes.map(({ text }) => text)).toEqual([
        'Rash after penicillin – 2019. 💊',
        'Ödem nach Enalapril',
        'Ödem nach Enalapril',
        html,
        html,
        '\n',
        'The second try.',
        'No fracture.',
      ]);
      expect(notes[0]?.source).toEqual({
        server: hapi.baseUrl,
        reference: `DocumentReference/${documentId('inline')}`,
        versionId: '1',
        patientId,
        typeText: 'Progress note',
        date: '2023-04-03T10:00:00Z',
        author: 'Dr. Ada Example',
        contentType: 'text/plain',
        attachmentPath: 'DocumentReference.content[0].attachment',
      });
      const note = notes[3] as Note;
      expect(note.source.contentType).toBe('text/html');
      expect(note.layout.sections).toMatchObject([{ heading: 'ALLERGIES', kind: 'allergies' }]);
      expect(HTML.slice(note.offsets.toSource(note.text.indexOf('röte')))).toMatch(/^r&ouml;te</);

      expect(unreadable.map(({ reference }) => reference)).toEqual(
        ['pdf', 'gone', 'elsewhere'].map((name) => `DocumentReference/${documentId(name)}`),
      );
      expect(unreadable.map(({ reason }) => reason)).toEqual([
        expect.stringContaining('application/pdf'),
        expect.stringContaining('answered 404'),
        expect.stringContaining('another origin'),
      ]);
    },
    SLOW_MS,
  );
});

describe('a server that asks for a token', () => {
  test(
    'answers 401 without it, and gives everything with it, over its pages and its Binaries',
    async () => {
      const without = client({ baseUrl: hapi.securedUrl });
      await expect(searchDocuments(without, { patientId })).rejects.toMatchObject({
        kind: 'unauthorized',
        status: 401,
      });
      const secured = client({ baseUrl: hapi.securedUrl, accessToken: hapi.token });
      const { documents } = await searchDocuments(secured, { patientId, pageSize: 4 });
      expect(documents).toHaveLength(11);
      const { notes } = await readNotes(secured, documents);
      expect(notes).toHaveLength(8);
    },
    SLOW_MS,
  );
});

describe('a real server', () => {
  test(
    'says what it does not know',
    async () => {
      await expect(client().read(`Patient/${randomUUID()}`)).rejects.toMatchObject({
        kind: 'not-found',
        status: 404,
        operationOutcome: { resourceType: 'OperationOutcome' },
      });
      const search = client().searchPages('DocumentReference', { nonsense: 'x' });
      await expect(search.next()).rejects.toMatchObject({ kind: 'refused', status: 400 });
    },
    SLOW_MS,
  );

  test(
    'validates',
    async () => {
      const valid = await client().validate({ resourceType: 'Patient', active: true });
      expect(valid.issue.filter(({ severity }) => severity === 'error')).toEqual([]);
      const wrong = { resourceType: 'Patient', gender: 'nonsense' } as never;
      const invalid = await client().validate(wrong);
      expect(invalid.issue.some(({ severity }) => severity === 'error')).toBe(true);
    },
    SLOW_MS,
  );
});
