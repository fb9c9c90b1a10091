import { fold, words } from './fold.ts';

/** British to American spelling, on single words. CTCAE is written in American English. */
const SPELLINGS: readonly (readonly [RegExp, string])[] = [
  [/^oe(?=d|s|n)/, 'e'],
  [/haem/g, 'hem'],
  [/aem/g, 'em'],
  [/oed/g, 'ed'],
  [/rrhoe/g, 'rrhe'],
  [/noe/g, 'ne'],
  [/aesth/g, 'esth'],
  [/foet/g, 'fet'],
  [/faec/g, 'fec'],
  [/caec/g, 'cec'],
  [/coel/g, 'cel'],
  [/paed/g, 'ped'],
  [/gynaec/g, 'gynec'],
  [/anaph/g, 'anaph'],
  [/leuco/g, 'leuko'],
  [/(?<=leuk|erythr|thromb|lymph)ocytaem/g, 'ocytem'],
  [/sulph/g, 'sulf'],
  [/(?<=tum|col|od|hum|rig|fav|behavi)our/g, 'or'],
  [/(?<=[a-z]{4})is(?=e|ed|ing|ation)(?!ease|en)/g, 'iz'],
  [/litre$/, 'liter'],
  [/fibre/g, 'fiber'],
];

/** Words of one meaning, after spelling and plural are settled. */
const SAME: Readonly<Record<string, string>> = {
  bleed: 'hemorrhage',
  bleeding: 'hemorrhage',
  hemorrhagic: 'hemorrhage',
  renal: 'kidney',
  liver: 'hepatic',
  esophagus: 'esophageal',
  rectum: 'rectal',
  anus: 'anal',
  colon: 'colonic',
  duodenum: 'duodenal',
  jejunum: 'jejunal',
  ileum: 'ileal',
  cecum: 'cecal',
  larynx: 'laryngeal',
  pharynx: 'pharyngeal',
  trachea: 'tracheal',
  bronchus: 'bronchial',
  vagina: 'vaginal',
  uterus: 'uterine',
  cervix: 'cervical',
  prostatic: 'prostate',
  testis: 'testicular',
  testicle: 'testicular',
  abdomen: 'abdominal',
  pelvis: 'pelvic',
  retina: 'retinal',
  cornea: 'corneal',
  eyelid: 'eyelid',
  peritoneum: 'peritoneal',
  pleura: 'pleural',
  // Directions of a measured value.
  increase: 'increased',
  increasing: 'increased',
  elevated: 'increased',
  elevation: 'increased',
  elevating: 'increased',
  raised: 'increased',
  raise: 'increased',
  raising: 'increased',
  high: 'increased',
  higher: 'increased',
  rise: 'increased',
  rising: 'increased',
  rose: 'increased',
  up: 'increased',
  uptrending: 'increased',
  decrease: 'decreased',
  decreasing: 'decreased',
  low: 'decreased',
  lower: 'decreased',
  lowered: 'decreased',
  lowering: 'decreased',
  reduced: 'decreased',
  reduction: 'decreased',
  reducing: 'decreased',
  decline: 'decreased',
  declining: 'decreased',
  drop: 'decreased',
  dropped: 'decreased',
  dropping: 'decreased',
  diminished: 'decreased',
  down: 'decreased',
  downtrending: 'decreased',
  prolongation: 'prolonged',
  prolong: 'prolonged',
  prolonging: 'prolonged',
  lengthening: 'prolonged',
  abnormality: 'abnormal',
  worsening: 'worsened',
  worse: 'worsened',
  aggravated: 'worsened',
  aggravation: 'worsened',
  exacerbation: 'worsened',
  exacerbated: 'worsened',
};

/** Words that change nothing. */
const EMPTY = new Set(
  `of the a an in to by on at from for with and or his her my their your its was were is are be been had has have
  having nos patient pt`.split(/\s+/),
);

/** Words that change nothing beside the direction of a measured value. */
const EMPTY_BESIDE_DIRECTION = new Set(
  'blood serum plasma test lab laboratory level concentration value reading result measurement finding'.split(
    ' ',
  ),
);
const DIRECTIONS = new Set(['increased', 'decreased', 'abnormal', 'prolonged']);

/** How bad, how often, since when, on which side, by what: dropped only where nothing else fits. */
const QUALIFIERS = new Set(
  `severe severely mild mildly moderate moderately marked markedly significant significantly slight slightly serious
  intense extreme extremely profound massive substantial considerable life threatening fatal lethal
  refractory intolerable unbearable debilitating bothersome terrible awful bad really very some much more little
  bit new newly onset transient transiently temporary persistent persisting ongoing intermittent occasional
  sporadic frequent repeated recurrent recurring sudden suddenly rapid gradual progressive constant continuous
  continued brief episodic daily nightly nocturnal
  left right bilateral bilaterally unilateral sided lt rt
  possible probable suspected apparent likely presumed reported noted documented known associated related induced
  mediated drug medication treatment therapy chemotherapy chemo iatrogenic due immune
  local systemic formation preexisting underlying unspecified recurrence precipitation additive
  adverse episode attack bout spell event symptom symptomatic asymptomatic sign occurrence development developing
  developed onset incident case experience experienced experiencing complaint complained complaining complain
  feeling feel felt sensation grade 1 2 3 4 5 ii iii iv`.split(/\s+/),
);

/** Where it was, when it came, how often: dropped from its first word to the end. */
const CIRCUMSTANCE =
  /[,(]? (?:on|over|across|all over|after|from|while|whilst|when|during|since|until|by|at|within|despite|x ?\d+|\d+ ?x|\d+ times|every|each|that)\b.*$/;

/** A symptom that grew is the same symptom; a measured value that grew is another term. */
const GROWTH = new Set(['increased', 'worsened']);

function americanWord(word: string): string {
  let changed = word;
  for (const [pattern, replacement] of SPELLINGS) changed = changed.replace(pattern, replacement);
  return changed;
}

function singular(word: string): string {
  if (word.length < 4 || !word.endsWith('s') || /(?:ss|us|is)$/.test(word)) return word;
  if (/(?:[^aeiou])ies$/.test(word)) return `${word.slice(0, -3)}y`;
  if (/(?:oses|yses|stases)$/.test(word) && word.length > 6) return `${word.slice(0, -2)}is`;
  if (/(?:x|ch|sh|ss)es$/.test(word)) return word.slice(0, -2);
  return word.slice(0, -1);
}

/** `> 3 x ULN`, `greater than the upper limit of normal`, `5 times the ULN`. */
const ABOVE_NORMAL =
  /(?:>=?|\u2265|\b(?:greater|more|higher) than|\b(?:above|over|exceeding|at least)\b|\b(?:\d+(?:\.\d+)?|two|three|five|ten)\s*(?:x|\*|times)).{0,40}?\b(?:uln|upper limit of normal)\b/g;

/** `platelets < 50`: a blood count under a number is a low one. */
const BELOW_COUNT =
  /\b(platelets?|neutrophils?|anc|lymphocytes?|wbc|leukocytes?|plts?)\b(?=.{0,40}(?:<|less than|below)\s*\d)(?:(?!increased).)*$/g;

/** The words of an event, in order, in American spelling, singular, with equal meanings unified. */
export function eventWords(text: string): string[] {
  const prepared = fold(text)
    .replace(/'s\b/g, '')
    .replace(/\b(?:fall|falls|falling) (?=in |of )/g, 'decreased ')
    .replace(/\bpre-?\s?existing\b/g, 'preexisting')
    .replace(ABOVE_NORMAL, ' increased ')
    .replace(BELOW_COUNT, '$1 decreased');
  return words(prepared)
    .map((word) => singular(americanWord(word)))
    .map((word) => (Object.hasOwn(SAME, word) ? (SAME[word] as string) : word));
}

/** Key of an event: its words that carry meaning, in alphabetical order. */
export function eventKey(text: string): string {
  return keyOf(eventWords(text));
}

function keyOf(all: readonly string[]): string {
  const kept = all.filter((word) => !EMPTY.has(word));
  const directed = kept.some((word) => DIRECTIONS.has(word));
  const meant = directed ? kept.filter((word) => !EMPTY_BESIDE_DIRECTION.has(word)) : kept;
  return [...new Set(meant.length > 0 ? meant : kept)].sort().join(' ');
}

export interface EventKeyVariant {
  readonly key: string;
  readonly score: number;
  readonly why: string;
}

/** Keys under which a mention may stand, surest first. */
export function eventKeyVariants(text: string): EventKeyVariant[] {
  const all = eventWords(text);
  const variants: EventKeyVariant[] = [];
  const add = (list: readonly string[], score: number, why: string): void => {
    const key = keyOf(list);
    if (key !== '' && !variants.some((variant) => variant.key === key)) {
      variants.push({ key, score, why });
    }
  };
  add(all, 0.98, 'spelling, plural and word order');
  const unqualified = all.filter((word) => !QUALIFIERS.has(word));
  add(unqualified, 0.93, 'severity, time, side or cause left out');
  add(
    unqualified.filter((word) => !GROWTH.has(word)),
    0.9,
    '"increased" or "worsened" left out',
  );
  const head = fold(text).replace(CIRCUMSTANCE, '');
  if (head !== fold(text)) {
    add(
      eventWords(head).filter((word) => !QUALIFIERS.has(word) && !GROWTH.has(word)),
      0.88,
      'place, time or circumstance left out',
    );
  }
  return variants;
}
