import { parseFragment } from 'parse5';

/** Longer than the longest name (`CounterClockwiseContourIntegral;`). */
const REFERENCE = /&(?:#[xX]?[0-9a-fA-F]{1,40}|[A-Za-z][A-Za-z0-9]{0,39});?/y;
/** A tag without a name, which the tokenizer leaves out of data. */
const EMPTY_TAG = '</>';
const CDATA_START = '<![CDATA[';
const CDATA_END = ']]>';
const MAXIMUM_CACHED = 2000;
const cache = new Map<string, string>();

/**
 * How a run of text was written: `data` with references and perhaps CDATA sections, `rcdata`
 * (title, textarea) with references alone, `literal` (xmp, plaintext) with neither.
 */
export type TextMode = 'data' | 'rcdata' | 'literal';

/**
 * For every UTF-16 code unit of `shown`, where in `source` it was written: `shown` is what the
 * HTML tokenizer made of `source.slice(start, end)`, with character references decoded, line
 * endings made one and nothing moved.
 *
 * @returns offsets into `source`, as many as `shown` has code units, never falling
 */
export function alignText(
  source: string,
  start: number,
  end: number,
  shown: string,
  { mode, xml }: { readonly mode: TextMode; readonly xml: boolean },
): Int32Array {
  const places = new Int32Array(shown.length);
  let at = start;
  /** Where the CDATA section ends that `at` stands in. */
  let cdataEnd = -1;
  for (let i = 0; i < shown.length; ) {
    if (at >= end) {
      places.fill(Math.max(start, end - 1), i);
      break;
    }
    if (at === cdataEnd) {
      at += CDATA_END.length;
      continue;
    }
    const character = source.charCodeAt(at);
    const inData = mode === 'data' && at > cdataEnd;
    if (character === 0x3c && inData) {
      if (source.startsWith(EMPTY_TAG, at)) {
        at += EMPTY_TAG.length;
        continue;
      }
      if (xml && source.startsWith(CDATA_START, at)) {
        at += CDATA_START.length;
        const found = source.indexOf(CDATA_END, at);
        cdataEnd = found < 0 ? end : found;
        continue;
      }
    }
    if (character === 0x26 && (inData || mode === 'rcdata')) {
      const reference = decodeReference(source, at, shown, i);
      if (reference) {
        places.fill(at, i, i + reference.shownLength);
        i += reference.shownLength;
        at += reference.sourceLength;
        continue;
      }
    }
    if (character === shown.charCodeAt(i)) {
      places[i] = at;
      i += 1;
      at += 1;
    } else if (character === 0x0d && shown.charCodeAt(i) === 0x0a) {
      places[i] = at;
      i += 1;
      at += source.charCodeAt(at + 1) === 0x0a ? 2 : 1;
    } else {
      // Left out of the text, as U+0000 is: the next code unit of the text is written further on.
      at += 1;
    }
  }
  return places;
}

/** The reference at `source[at]`, if what it stands for is shown at `shown[shownAt]`. */
function decodeReference(
  source: string,
  at: number,
  shown: string,
  shownAt: number,
): { sourceLength: number; shownLength: number } | undefined {
  REFERENCE.lastIndex = at;
  const written = REFERENCE.exec(source)?.[0];
  if (!written) return undefined;
  const decoded = decode(written);
  if (decoded === written) return undefined;
  // Of `&gtt` only `&gt` is the reference: what both have at their ends stands for itself.
  let rest = 0;
  while (
    rest < decoded.length - 1 &&
    decoded.charCodeAt(decoded.length - 1 - rest) === written.charCodeAt(written.length - 1 - rest)
  ) {
    rest += 1;
  }
  const shownLength = decoded.length - rest;
  if (!shown.startsWith(decoded.slice(0, shownLength), shownAt)) return undefined;
  return { sourceLength: written.length - rest, shownLength };
}

function decode(written: string): string {
  const known = cache.get(written);
  if (known !== undefined) return known;
  const node = parseFragment(written).childNodes[0];
  const decoded = node && 'value' in node ? node.value : written;
  if (cache.size >= MAXIMUM_CACHED) cache.clear();
  cache.set(written, decoded);
  return decoded;
}
