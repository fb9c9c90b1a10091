import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { encodeWindows1252 } from '../../../src/demo/windows-1252.ts';

describe('encodeWindows1252', () => {
  test('writes what TextDecoder reads back, for every byte', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const decoder = new TextDecoder('windows-1252');
    expect(encodeWindows1252(decoder.decode(bytes))).toEqual(bytes);
    fc.assert(
      fc.property(fc.uint8Array(), (some) => {
        expect(encodeWindows1252(decoder.decode(some))).toEqual(some);
      }),
    );
  });

  test('names a character that the encoding does not have', () => {
    expect(() => encodeWindows1252('a → b')).toThrow('U+2192');
  });
});
