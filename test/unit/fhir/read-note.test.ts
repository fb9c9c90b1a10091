import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { DocumentReference } from 'fhir/r4.js';
import { bytesOfBase64 } from '../../../src/fhir/base64.ts';
import type { FhirClient } from '../../../src/fhir/client.ts';
import { FhirError } from '../../../src/fhir/fhir-error.ts';
import { readNote } from '../../../src/fhir/read-note.ts';
import { readNotes } from '../../../src/fhir/read-notes.ts';
import { NoteUnreadableError } from '../../../src/notes/note-unreadable-error.ts';
import { documentOf, FAULTY_DOCUMENTS } from '../../support/faulty-fhir-server.ts';

const base64 = (text: string | Uint8Array) => Buffer.from(text).toString('base64');
const withContent = (
  ...attachments: NonNullable<DocumentReference['content'][0]['attachment']>[]
): DocumentReference =>
  documentOf('d', '', { content: attachments.map((attachment) => ({ attachment })) });

type Reader = FhirClient['readAttachment'];

/** A client that knows attachments alone. */
function clientWith(readAttachment: Reader): FhirClient {
  const unused = (): never => {
    throw new Error('not used by this test');
  };
  return {
    baseUrl: 'https://ehr.example/fhir',
    searchPages: unused,
    followPages: unused,
    read: unused,
    transaction: unused,
    validate: unused,
    readAttachment,
  };
}

describe('the source of a note', () => {
  test('is told by its DocumentReference', async () => {
    const document = documentOf('n1', 'Rash.', {
      meta: { versionId: '3' },
      type: { coding: [{ code: '34133-9' }, { display: 'Discharge summary' }] },
      date: '2023-04-03T10:00:00Z',
      author: [{ display: 'Dr. Ada Example' }],
    });
    const note = await readNote(
      clientWith(() => Promise.reject()),
      document,
    );
    expect(note.text).toBe('Rash.');
    expect(note.source).toEqual({
      server: 'https://ehr.example/fhir',
      reference: 'DocumentReference/n1',
      versionId: '3',
      patientId: 'p1',
      typeText: 'Discharge summary',
      date: '2023-04-03T10:00:00Z',
      author: 'Dr. Ada Example',
      contentType: 'text/plain',
      attachmentPath: 'DocumentReference.content[0].attachment',
    });
  });

  test.each<[string, Partial<DocumentReference>, object]>([
    [
      'the type’s own words first',
      { type: { text: 'ED note', coding: [{ display: 'x' }] } },
      { typeText: 'ED note' },
    ],
    [
      'the creation of the attachment',
      { content: [{ attachment: { contentType: 'text/plain', data: '', creation: '2020' } }] },
      { date: '2020' },
    ],
    ['the time it documents', { context: { period: { start: '2019-05' } } }, { date: '2019-05' }],
    [
      'a contained author by name',
      {
        author: [{ reference: '#a' }],
        contained: [
          {
            resourceType: 'Practitioner',
            id: 'a',
            name: [{ prefix: ['Dr.'], given: ['Ada'], family: 'Example' }],
          },
        ] as never,
      },
      { author: 'Dr. Ada Example' },
    ],
    [
      'a contained organisation',
      {
        author: [{ reference: 'Practitioner/7' }, { reference: '#o' }],
        contained: [{ resourceType: 'Organization', id: 'o', name: 'Clinic' }] as never,
      },
      { author: 'Clinic' },
    ],
    [
      'an absolute patient',
      { subject: { reference: 'https://ehr.example/fhir/Patient/p9' } },
      { patientId: 'p9' },
    ],
  ])('may be %s', async (_, changes, expected) => {
    expect((await readNote(undefined, documentOf('n', 'x', changes))).source).toMatchObject(
      expected,
    );
  });

  test('leaves out what is not said', async () => {
    const { source } = await readNote(
      undefined,
      documentOf('n', 'x', { author: [{ reference: '#gone' }] }),
    );
    expect(Object.keys(source).sort()).toEqual(
      ['attachmentPath', 'contentType', 'patientId', 'reference', 'server'].sort(),
    );
  });
});

describe('the attachment that is read', () => {
  const text = { contentType: 'text/plain', data: base64('text') };
  const html = { contentType: 'text/html; charset=utf-8', data: base64('<p>html') };
  const pdf = { contentType: 'application/pdf', data: base64('%PDF') };

  test.each([
    ['plain text before HTML', [html, text], 'text', 1],
    ['HTML before PDF', [pdf, html], 'html', 1],
    ['the first of two alike', [text, { ...text, data: base64('copy') }], 'text', 0],
    ['one with content', [{ contentType: 'text/plain' }, html], 'html', 1],
    [
      'the next, when the first is unreadable',
      [{ contentType: 'text/plain', data: '*' }, html],
      'html',
      1,
    ],
  ])('is %s', async (_, attachments, expected, index) => {
    const note = await readNote(undefined, withContent(...attachments));
    expect(note.text).toBe(expected);
    expect(note.source.attachmentPath).toBe(`DocumentReference.content[${index}].attachment`);
  });

  test('may come by URL, with the type that the document says and the charset of the answer', async () => {
    const asked: unknown[] = [];
    const client = clientWith(async (url, accept, options) => {
      asked.push(url, accept, options?.maximumBytes);
      return { contentType: 'text/html; charset="ISO-8859-1"', bytes: Uint8Array.of(0xfc) };
    });
    const note = await readNote(
      client,
      withContent({ contentType: 'text/html', url: 'Binary/7' }),
      {
        maximumBytes: 77,
      },
    );
    expect(asked).toEqual(['Binary/7', 'text/html', 77]);
    expect(note.text).toBe('ü');
    expect(note.source.contentType).toBe('text/html');
  });

  test.each([
    [
      'text/plain; charset=utf-16le',
      'text/plain; charset=utf-8',
      'ü\0',
      Uint8Array.of(0xfc, 0, 0, 0),
    ],
    ['text/plain', 'application/octet-stream', 'A', Uint8Array.of(0x41)],
    [undefined, 'text/plain; charset=iso-8859-1', 'ü', Uint8Array.of(0xfc)],
  ])('documented as %p and answered as %p', async (documented, answered, expected, bytes) => {
    const client = clientWith(async () => ({ contentType: answered, bytes }));
    const attachment = { url: 'Binary/7', ...(documented && { contentType: documented }) };
    expect((await readNote(client, withContent(attachment))).text).toBe(expected);
  });
});

describe('an unreadable note', () => {
  const reason = (document: DocumentReference, client?: FhirClient, maximumBytes?: number) =>
    readNote(client, document, maximumBytes === undefined ? {} : { maximumBytes }).then(
      () => 'read',
      (error: Error) => `${error.name}: ${error.message}`,
    );

  test.each([
    ['wrong base64', FAULTY_DOCUMENTS.wrongBase64, /content\[0\]\.attachment\.data is not base64/],
    [
      '20 MB',
      FAULTY_DOCUMENTS.huge,
      /content\[0\]\.attachment is too large: about \d+ bytes.* 5000000 bytes/,
    ],
    [
      'an unknown charset',
      FAULTY_DOCUMENTS.unknownCharset,
      /content\[0\]\.attachment: .*"ebcdic".* utf-8/,
    ],
    ['PDF alone', FAULTY_DOCUMENTS.pdf, /of type application\/pdf; these are read: text\/plain/],
    ['no id', { ...documentOf('', 'x'), id: undefined } as never, /no id/],
    ['no content', documentOf('d', '', { content: [] }), /no attachment/],
    ['broken content', documentOf('d', '', { content: 'x' as never }), /no attachment/],
    [
      'null content',
      documentOf('d', '', { content: [null, { attachment: null }] as never }),
      /no attachment/,
    ],
    ['a type alone', withContent({ contentType: 'text/plain' }), /neither data nor url/],
    [
      'data that is a number',
      withContent({ contentType: 'text/plain', data: 7 as never }),
      /not base64/,
    ],
    [
      'a URL that is a number',
      withContent({ contentType: 'text/plain', url: 7 as never }),
      /not a URL/,
    ],
    ['a strange type', withContent({ contentType: 'évil\nline', data: '' }), /of type unknown/],
    [
      'an announced size',
      withContent({ contentType: 'text/plain', size: 6_000_000, url: 'Binary/1' }),
      /6000000 bytes/,
    ],
  ])('says what is wrong: %s', async (_, document, expected) => {
    const client = clientWith(() => Promise.reject(new Error('must not be asked')));
    expect(await reason(document, client)).toMatch(expected);
    expect(await reason(document, client)).toMatch(/^NoteUnreadableError/);
  });

  test('a limit holds to the byte', async () => {
    const document = documentOf('d', 'x'.repeat(1000));
    expect(await reason(document, undefined, 1000)).toBe('read');
    expect(await reason(document, undefined, 999)).toContain('1000 bytes');
  });

  test('a 20 MB note is read where the limit allows it', async () => {
    const note = await readNote(undefined, FAULTY_DOCUMENTS.huge, { maximumBytes: 25_000_000 });
    expect(note.text).toHaveLength('Penicillin: rash. '.length * 1_200_000);
    expect(note.layout.sentences.length).toBeGreaterThan(1_000_000);
  });

  test.each(['too-large', 'other-origin'] as const)('for good when its URL is %s', async (kind) => {
    const client = clientWith(() => Promise.reject(new FhirError(kind, 'x')));
    const document = withContent({ contentType: 'text/plain', url: 'Binary/1' });
    await expect(readNote(client, document)).rejects.toBeInstanceOf(NoteUnreadableError);
  });

  test('not for good when the server fails', async () => {
    const error = new FhirError('timeout', 'x');
    const document = withContent({ contentType: 'text/plain', url: 'Binary/1' });
    await expect(
      readNote(
        clientWith(() => Promise.reject(error)),
        document,
      ),
    ).rejects.toBe(error);
    await expect(readNote(undefined, document)).rejects.toMatchObject({ kind: 'unreachable' });
  });
});

describe('readNotes', () => {
  test('reports what is unreadable and goes on with the others, in order', async () => {
    const { wrongBase64, empty, unknownCharset, pdf } = FAULTY_DOCUMENTS;
    const byUrl = withContent({ contentType: 'text/plain', url: 'Binary/1' });
    const client = clientWith(() =>
      Promise.reject(new FhirError('server-error', 'It answered 500.', { status: 500 })),
    );
    const { notes, unreadable } = await readNotes(client, [
      documentOf('a', 'first'),
      wrongBase64,
      empty,
      byUrl,
      unknownCharset,
      pdf,
      documentOf('z', 'last'),
    ]);
    expect(notes.map(({ text }) => text)).toEqual(['first', '', 'last']);
    expect(unreadable.map(({ reference }) => reference)).toEqual([
      'DocumentReference/wrong-base64',
      'DocumentReference/d',
      'DocumentReference/unknown-charset',
      'DocumentReference/pdf',
    ]);
    expect(unreadable[1]?.reason).toBe('It answered 500.');
  });

  test('does not repeat the words of other errors', async () => {
    const client = clientWith(() =>
      Promise.reject(new Error('GET https://ehr.example/Patient/secret')),
    );
    const { unreadable } = await readNotes(client, [
      withContent({ contentType: 'text/plain', url: 'x' }),
    ]);
    expect(unreadable[0]?.reason).toBe('The note could not be read.');
  });

  test('fetches no more at once than it may', async () => {
    let now = 0;
    let most = 0;
    const client = clientWith(async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
      return { contentType: 'text/plain', bytes: Buffer.from('x') };
    });
    const documents = Array.from({ length: 20 }, () =>
      withContent({ contentType: 'text/plain', url: 'x' }),
    );
    const { notes } = await readNotes(client, documents, { concurrency: 3 });
    expect(notes).toHaveLength(20);
    expect(most).toBe(3);
  });

  test('ends with the signal’s reason', async () => {
    const controller = new AbortController();
    const client = clientWith(async () => {
      controller.abort(new Error('over'));
      throw new Error('aborted');
    });
    const documents = [1, 2, 3].map(() => withContent({ contentType: 'text/plain', url: 'x' }));
    await expect(readNotes(client, documents, { signal: controller.signal })).rejects.toThrow(
      'over',
    );
  });
});

describe('base64', () => {
  test('decodes what Buffer encodes, with line breaks and without padding', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const text = base64(bytes);
        expect([...(bytesOfBase64(text) ?? [])]).toEqual([...bytes]);
        expect([...(bytesOfBase64(text.replace(/=+$/, '')) ?? [])]).toEqual([...bytes]);
        expect([...(bytesOfBase64(text.replace(/(.{7})/g, '$1\r\n')) ?? [])]).toEqual([...bytes]);
      }),
    );
  });

  test.each(['A', 'AAAAA', 'QQ=', 'Q===', 'QQ==QQ==', 'QU-_', 'QUJD*', '=', 'é'])(
    'refuses %p',
    (text) => {
      expect(bytesOfBase64(text)).toBeUndefined();
    },
  );
});
