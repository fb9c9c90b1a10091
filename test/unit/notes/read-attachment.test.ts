import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseContentType } from '../../../src/notes/content-type.ts';
import { CHARSETS, decodeText } from '../../../src/notes/decode-text.ts';
import { NoteUnreadableError } from '../../../src/notes/note-unreadable-error.ts';
import { readAttachment, readableMediaType } from '../../../src/notes/read-attachment.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const utf16 = (text: string, littleEndian = true) => {
  const bytes = Buffer.from(text, 'utf16le');
  return littleEndian ? bytes : bytes.swap16();
};
const plain = (bytes: Uint8Array, contentType = 'text/plain') =>
  readAttachment({ contentType, bytes });

describe('plain text', () => {
  test.each<[string, string, Uint8Array]>([
    [
      'Fièvre après l’amoxicilline',
      'text/plain; charset=utf-8',
      utf8('Fièvre après l’amoxicilline'),
    ],
    ['für', 'text/plain; charset=ISO-8859-1', Uint8Array.of(0x66, 0xfc, 0x72)],
    ['für', 'text/plain;charset="latin1"', Uint8Array.of(0x66, 0xfc, 0x72)],
    ['€', 'TEXT/PLAIN; CHARSET=windows-1252', Uint8Array.of(0x80)],
    ['Привет', 'text/plain; charset=koi8-r', Uint8Array.of(0xf0, 0xd2, 0xc9, 0xd7, 0xc5, 0xd4)],
    ['薬', 'text/plain; charset=shift_jis', Uint8Array.of(0x96, 0xf2)],
    ['rash', 'text/plain; charset=utf-16', utf16('rash')],
    ['rash', 'text/plain; charset=utf-16', utf16('rash', false)],
    ['rash', 'text/plain; charset=utf-16be', utf16('rash', false)],
    // Not declared: UTF-8 where it is that, UTF-16 by its zeros, else windows-1252.
    ['für', 'text/plain', utf8('für')],
    ['für', 'text/plain', Uint8Array.of(0x66, 0xfc, 0x72)],
    ['No rash.', 'text/plain', utf16('No rash.')],
    // A byte order mark is stronger than what is declared, and no part of the text.
    ['für', 'text/plain; charset=iso-8859-1', utf8('\uFEFFfür')],
    ['für', 'text/plain; charset=utf-8', utf16('\uFEFFfür')],
    ['für', 'text/plain', utf16('\uFEFFfür', false)],
  ])('%p as %s', (expected, contentType, bytes) => {
    const note = plain(bytes, contentType);
    expect(note.text).toBe(expected);
    expect(note.undecodable).toBeUndefined();
  });

  test('keeps its text as it is, and every offset is its own', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const clean = text.replace(/^\uFEFF/, '');
        const note = plain(utf8(clean), 'text/plain; charset=utf-8');
        expect(note.text).toBe(clean);
        for (let i = 0; i <= clean.length; i += 1) expect(note.offsets.toSource(i)).toBe(i);
        expect(note.offsets.toSource(clean.length + 5)).toBe(clean.length);
      }),
    );
  });

  test('that is empty is an empty note', () => {
    expect(plain(new Uint8Array())).toMatchObject({
      text: '',
      layout: { sections: [], sentences: [] },
    });
  });

  test('says how many places do not fit the charset, and is read all the same', () => {
    const bytes = Uint8Array.of(...utf8('Took amoxicillin, d'), 0xe9, ...utf8('sagr'), 0xe9, 0x61);
    const note = plain(bytes, 'text/plain; charset=utf-8');
    expect(note.undecodable).toBe(2);
    expect(note.text).toBe('Took amoxicillin, d\uFFFDsagr\uFFFDa');
  });

  test.each([
    ['bytes that are no text', 'text/plain', Uint8Array.from({ length: 400 }, (_, i) => i % 16)],
    [
      'a PNG',
      'text/plain; charset=utf-8',
      Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13),
    ],
    ['UTF-16 declared as UTF-8', 'text/plain; charset=utf-8', utf16('No rash after penicillin.')],
  ])('refuses %s', (_, contentType, bytes) => {
    expect(() => plain(bytes, contentType)).toThrow(/is not text in .* Check its contentType/);
  });

  test('refuses an unknown charset, naming it and those that are known', () => {
    const read = () => plain(utf8('x'), 'text/plain; charset=ebcdic-cp-us');
    expect(read).toThrow(NoteUnreadableError);
    expect(read).toThrow(/"ebcdic-cp-us".*utf-8.*iso-8859-1.*shift_jis/);
  });

  test.each(CHARSETS)('knows %s', (charset) => {
    const wide = charset.startsWith('utf-16');
    const bytes = wide ? utf16('A', charset === 'utf-16le') : utf8('A');
    expect(decodeText(bytes, charset).text).toBe('A');
  });
});

describe('other types', () => {
  test.each(['application/pdf', 'text/rtf', 'application/hl7-sda+xml', 'image/png', 'text/xml'])(
    '%s is refused, naming those that are read',
    (contentType) => {
      expect(() => plain(utf8('x'), contentType)).toThrow(
        `Attachments of type ${contentType} are not read; these are: text/plain, text/html, application/xhtml+xml.`,
      );
      expect(readableMediaType(contentType)).toBeUndefined();
    },
  );

  test.each([
    '',
    '  ',
    'text',
    'text/',
    '/plain',
    'text/plain/x',
    'te xt/plain',
    'text/pl\u0007ain',
  ])('%p is no content type', (contentType) => {
    expect(() => parseContentType(contentType)).toThrow(NoteUnreadableError);
  });

  test('parameters may be quoted and come in any order', () => {
    const { mediaType, parameters } = parseContentType(
      ' Text/HTML ; format=flowed; charset="a\\"b" ; CHARSET=second',
    );
    expect(mediaType).toBe('text/html');
    expect([...parameters]).toEqual([
      ['format', 'flowed'],
      ['charset', 'a"b'],
    ]);
    expect(readableMediaType(' Text/HTML;charset=x')).toBe('text/html');
  });
});
