/**
 * Characters that windows-1252 has at 0x80–0x9F, in order; the rest of it is ISO 8859-1.
 * https://encoding.spec.whatwg.org/#index-windows-1252
 */
const HIGH_CONTROLS =
  '\u20AC\x81\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\x8D\u017D\x8F' +
  '\x90\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\x9D\u017E\u0178';

/**
 * Node decodes windows-1252 (TextDecoder) but does not write it; old record systems do.
 * @throws RangeError naming the character that the encoding does not have
 */
export function encodeWindows1252(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => {
    const high = HIGH_CONTROLS.indexOf(character);
    if (high >= 0) return 0x80 + high;
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80 || (code >= 0xa0 && code <= 0xff)) return code;
    throw new RangeError(
      `windows-1252 has no character U+${code.toString(16).toUpperCase()}: write the note in utf-8`,
    );
  });
}
