import { NoteUnreadableError } from './note-unreadable-error.ts';

export interface ContentType {
  /** Lower case, without parameters: `text/plain`. */
  readonly mediaType: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** RFC 9110 section 5.6.2: the characters of a token. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const PARAMETER = /;\s*([^=;\s]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)/g;

/**
 * Splits `text/plain; charset="ISO-8859-1"` into its media type and parameters.
 * https://www.rfc-editor.org/rfc/rfc9110#name-content-type
 *
 * @throws NoteUnreadableError when it is no media type
 */
export function parseContentType(value: string): ContentType {
  const mediaType = (value.split(';', 1)[0] ?? '').trim().toLowerCase();
  const [type, subtype, ...more] = mediaType.split('/');
  if (!type || !subtype || more.length > 0 || !TOKEN.test(type) || !TOKEN.test(subtype)) {
    throw new NoteUnreadableError(
      value.trim() === ''
        ? 'The attachment has no contentType; set Attachment.contentType, for example text/plain.'
        : `The contentType ${shortened(value)} is no media type; expected something like text/plain; charset=utf-8.`,
    );
  }
  const parameters = new Map<string, string>();
  for (const [, name = '', raw = ''] of value.matchAll(PARAMETER)) {
    const text = raw.trim();
    const unquoted = text.startsWith('"') ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text;
    // The first of several wins, as in browsers.
    if (!parameters.has(name.toLowerCase())) parameters.set(name.toLowerCase(), unquoted);
  }
  return { mediaType, parameters };
}

/** A value for an error text: what a server sent may be long or hold control characters. */
export function shortened(value: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is they that are taken out
  const printable = value.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').trim();
  return JSON.stringify(printable.length > 60 ? `${printable.slice(0, 60)}…` : printable);
}
