import { TextDecoder } from 'node:util';

/** HTML says its charset in its first 1,024 bytes (https://html.spec.whatwg.org/#charset). */
const PRESCANNED_BYTES = 1024;

/**
 * The charset of `<meta charset>`, `<meta http-equiv content>` or the XML declaration; undefined
 * where none is declared. A UTF-16 label there is a mistake (the tag was read as ASCII) and means UTF-8.
 */
export function htmlCharset(bytes: Uint8Array): string | undefined {
  const start = new TextDecoder('windows-1252').decode(bytes.subarray(0, PRESCANNED_BYTES));
  const label =
    /<meta\s[^>]*?charset\s*=\s*["']?\s*([\w:.-]+)/i.exec(start)?.[1] ??
    /^\s*<\?xml\s[^>]*?encoding\s*=\s*["']([\w:.-]+)/i.exec(start)?.[1];
  return label && /^utf-?16/i.test(label) ? 'utf-8' : label;
}
