import { TextDecoder } from 'node:util';
import { shortened } from './content-type.ts';
import { NoteUnreadableError } from './note-unreadable-error.ts';

/** The charsets that are read; each also by its other names (https://encoding.spec.whatwg.org/#names-and-labels). */
export const CHARSETS = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'us-ascii',
  ...[1, 2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16].map((part) => `iso-8859-${part}`),
  ...[0, 1, 2, 3, 4, 5, 6, 7, 8].map((page) => `windows-125${page}`),
  'windows-874',
  'koi8-r',
  'koi8-u',
  'macintosh',
  'ibm866',
  'shift_jis',
  'euc-jp',
  'iso-2022-jp',
  'euc-kr',
  'gbk',
  'gb18030',
  'big5',
] as const;

export interface DecodedText {
  readonly text: string;
  /** Places where bytes do not fit the charset; each stands in the text as U+FFFD. */
  readonly undecodable: number;
}

/** A share of characters that no text has, above which bytes are not text at all. */
const MAXIMUM_RUBBISH_SHARE = 0.1;
const MINIMUM_RUBBISH = 4;

/**
 * Bytes to text: a byte order mark decides, then the declared charset, then UTF-8 where the bytes
 * are valid UTF-8, else windows-1252 (what an undeclared Western note is in practice).
 * The byte order mark is not part of the text.
 *
 * @param charset as declared, in any of its names; absent: not declared
 * @throws NoteUnreadableError for an unknown charset, and for bytes that are not text
 */
export function decodeText(bytes: Uint8Array, charset?: string): DecodedText {
  const name = byteOrderMark(bytes) ?? declared(bytes, charset) ?? guessed(bytes);
  const text = decoder(name, charset).decode(bytes);
  const { undecodable, control } = countRubbish(text);
  const rubbish = undecodable + control;
  if (rubbish >= MINIMUM_RUBBISH && rubbish > text.length * MAXIMUM_RUBBISH_SHARE) {
    throw new NoteUnreadableError(
      `The attachment is not text in ${name}: ${rubbish} of ${text.length} characters are control ` +
        'characters or do not decode. Check its contentType and charset.',
    );
  }
  return { text, undecodable };
}

function byteOrderMark(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return undefined;
}

function declared(bytes: Uint8Array, charset: string | undefined): string | undefined {
  const label = charset?.trim().toLowerCase();
  if (!label) return undefined;
  // "utf-16" alone leaves the byte order open (RFC 2781); the zero bytes of Latin letters tell it.
  if (/^(utf-16|ucs-2|iso-10646-ucs-2|unicode)$/.test(label)) return zeroBytes(bytes) ?? 'utf-16le';
  return label;
}

function guessed(bytes: Uint8Array): string {
  const wide = zeroBytes(bytes);
  if (wide) return wide;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return 'utf-8';
  } catch {
    return 'windows-1252';
  }
}

/** Text in a Latin script as UTF-16 has a zero in nearly every second byte. */
function zeroBytes(bytes: Uint8Array): 'utf-16be' | 'utf-16le' | undefined {
  const looked = Math.min(bytes.length, 2000) & ~1;
  let even = 0;
  let odd = 0;
  for (let i = 0; i < looked; i += 2) {
    if (bytes[i] === 0) even += 1;
    if (bytes[i + 1] === 0) odd += 1;
  }
  const most = looked * 0.35;
  if (looked >= 2 && odd > most && even < looked * 0.05) return 'utf-16le';
  if (looked >= 2 && even > most && odd < looked * 0.05) return 'utf-16be';
  return undefined;
}

function decoder(name: string, declaredName: string | undefined): TextDecoder {
  try {
    return new TextDecoder(name);
  } catch {
    throw new NoteUnreadableError(
      `The charset ${shortened(declaredName ?? name)} of the attachment is not known; these are: ${CHARSETS.join(', ')}.`,
    );
  }
}

function countRubbish(text: string): { undecodable: number; control: number } {
  let undecodable = 0;
  let control = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code === 0xfffd) undecodable += 1;
    // Tab, line feed, vertical tab, form feed and carriage return stand in texts.
    else if (code < 9 || (code > 13 && code < 32)) control += 1;
  }
  return { undecodable, control };
}
