import { fold } from './fold.ts';

interface Range {
  /** The quantity as notes name it, at the beginning of the mention. */
  readonly name: RegExp;
  /** Below this, `low` is meant; above `over`, `high`. In the unit that notes leave out. */
  readonly under?: number;
  readonly low?: string;
  readonly over?: number;
  readonly high?: string;
  /** Outside these the number is in another unit, or no value of this quantity. */
  readonly plausible: readonly [number, number];
}

/**
 * Only quantities whose number tells its unit, with limits so wide that no laboratory's own range
 * would call the value normal. CTCAE v5.0 defines the terms by such results.
 */
const RANGES: readonly Range[] = [
  {
    name: /^(?:k|potassium)\b/,
    under: 3.4,
    low: 'low potassium',
    over: 5.4,
    high: 'high potassium',
    plausible: [1.2, 10],
  },
  {
    name: /^(?:na|sodium)\b/,
    under: 134,
    low: 'low sodium',
    over: 148,
    high: 'high sodium',
    plausible: [95, 190],
  },
  {
    name: /^(?:bp|blood pressure|systolic|sbp)\b/,
    under: 90,
    low: 'low blood pressure',
    over: 179,
    high: 'high blood pressure',
    plausible: [30, 300],
  },
  { name: /^(?:temp|temperature|t)\b/, over: 37.9, high: 'fever', plausible: [33, 43] },
  { name: /^(?:temp|temperature|t|tmax)\b/, over: 100.3, high: 'fever', plausible: [92, 110] },
  { name: /^qtc\b/, over: 479, high: 'QTc prolonged', plausible: [300, 800] },
  { name: /^inr\b/, over: 4, high: 'INR increased', plausible: [0.8, 25] },
  { name: /^(?:platelets?|plts?)\b/, under: 100, low: 'low platelets', plausible: [1, 900] },
  {
    name: /^(?:glucose|sugars?|bg|fsbg|blood sugar)\b/,
    under: 60,
    low: 'low blood sugar',
    over: 200,
    high: 'high blood sugar',
    plausible: [34, 1500],
  },
  { name: /^(?:sats?|spo2|o2 sat|sao2)\b/, under: 90, low: 'low O2 sat', plausible: [40, 100] },
];

/** The last number of a mention: of `Na 138 -> 126` the value that was reached. */
const LAST_NUMBER =
  /(\d+(?:\.\d+)?)(?:\s*\/\s*\d+)?\s*(?:%|mmol\/l|meq\/l|mg\/dl|mm ?hg|ms|c|f|k|ra|on ra|degrees)?\s*$/;

/**
 * Reads a bare laboratory value or vital sign (`K 2.9`, `BP 84/40`) as the finding that it is.
 * @returns words that name the finding, or undefined where the value is normal, borderline or unclear
 */
export function labFinding(text: string): string | undefined {
  const folded = fold(text)
    .replace(/\b(?:was|were|is|of|at|to|down|up|in|the)\b/g, ' ')
    .trim();
  const number = LAST_NUMBER.exec(folded);
  if (!number || number.index > 40) return undefined;
  const value = Number(number[1]);
  for (const range of RANGES) {
    const [least, most] = range.plausible;
    if (!range.name.test(folded) || value < least || value > most) continue;
    if (range.low !== undefined && value < (range.under as number)) return range.low;
    if (range.high !== undefined && value > (range.over as number)) return range.high;
  }
  return undefined;
}
