import type { NoteLayout, Section, TextSpan } from '../../notes/note.ts';
import type { Assertion } from '../extraction.ts';
import { type Cue, findCues, scopeOf } from './cues.ts';
import type { CueValue } from './lexicon.ts';

export interface Asserted {
  readonly assertion: Assertion;
  /** The words that decided; absent where a heading did, or nothing. */
  readonly cue?: TextSpan & { readonly text: string };
}

/** Which value wins where several scopes cover an event. */
const PRECEDENCE: readonly CueValue[] = [
  'family',
  'negated',
  'hypothetical',
  'possible',
  'historical',
];

/**
 * How a note stands to an adverse event, by the words around it: triggers of the lexicon in its
 * sentence, each with a scope that ends at a terminator or with the sentence; the heading where no
 * word decides.
 *
 * @param event span of the adverse event in `text`
 * @param drugs drugs that the event is related to
 */
export function assertionOf(
  text: string,
  layout: NoteLayout,
  event: TextSpan,
  drugs: readonly TextSpan[] = [],
): Asserted {
  const sentence = sentenceAround(text, layout, event);
  const cues = findCues(text, sentence, event, drugs);
  const section = layout.sections.find(
    ({ start, end }) => start <= event.start && event.start < end,
  );
  const deciding = new Map<CueValue, TextSpan>();
  for (const cue of cues.triggers) {
    if (cue.value === 'negated' && forbidsDrug(text, cue, event, drugs)) continue;
    const scope = scopeOf(text, cue, sentence, cues.terminators);
    const reached = event.start >= scope.start && event.end <= scope.end;
    if (!reached && !(cue.value === 'possible' && doubtsDrug(text, cue, scope, drugs))) continue;
    const rival = deciding.get(cue.value);
    if (!rival || gap(cue, event) < gap(rival, event)) deciding.set(cue.value, cue);
  }
  const inSection = sectionValue(text, section, event);
  if (inSection === 'family') return { assertion: 'family' };
  for (const value of PRECEDENCE) {
    const cue = deciding.get(value);
    if (!cue) continue;
    return {
      assertion: value,
      cue: { start: cue.start, end: cue.end, text: text.slice(cue.start, cue.end) },
    };
  }
  return { assertion: inSection ?? 'present' };
}

function gap(a: TextSpan, b: TextSpan): number {
  return Math.max(a.start - b.end, b.start - a.end);
}

/** "Rash, ?amoxicillin": a doubt about the drug is one about the event being its doing. */
function doubtsDrug(text: string, cue: Cue, scope: TextSpan, drugs: readonly TextSpan[]): boolean {
  return (
    cue.direction === 'forward' &&
    drugs.some(
      ({ start, end }) =>
        start >= cue.end && end <= scope.end && wordsIn(text.slice(cue.end, start)) <= 2,
    )
  );
}

function wordsIn(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}

/** "No NSAIDs (ulcer)": the no is said of the drug, not of the event. */
function forbidsDrug(
  text: string,
  cue: TextSpan,
  event: TextSpan,
  drugs: readonly TextSpan[],
): boolean {
  return drugs.some(
    (drug) =>
      drug.start >= cue.end &&
      drug.end <= event.start &&
      /^\s*(?:\S+\s+){0,2}$/.test(text.slice(cue.end, drug.start)),
  );
}

/** Headings of lists of reactions, for layouts that do not tell them apart. */
const REACTION_LIST =
  /allerg|intoleran|sensitivit|adverse (?:drug )?(?:reaction|effect)|drug reactions?/i;
/** An entry that was made in this very episode. */
const NEW_ENTRY = /\bnew\b|\bthis (?:stay|admission|visit|time|episode)\b/i;

/**
 * The short labels of telegraphic notes ("O:", "Imp", "1. HTN"): a layout may not take them for
 * headings, but what follows them is no longer the list above.
 */
const NEXT_PART =
  /^[ \t]*(?:(?:S|O|A|P|O\/E|A\/P|PE|ROS|HPI|Exam|Vitals?|VS|Ix|Inv|Imp(?:ression)?|Labs?|Meds?|Medications|Plan|Assessment|SH|FH|PMHx?|PSH|Dx|Rx|ECG|EKG|BP|HR|T)\b(?=\s*[:.–-]|\s+\d|\s*$)|\d{1,2}[.)]\s+[A-Z]{2,5}\b)/m;

function sectionValue(
  text: string,
  section: Section | undefined,
  event: TextSpan,
): Assertion | undefined {
  if (!section) return undefined;
  if (NEXT_PART.test(text.slice(section.bodyStart, event.start))) return undefined;
  const kind = REACTION_LIST.test(section.heading ?? '') ? 'allergies' : section.kind;
  switch (kind) {
    case 'allergies':
      return NEW_ENTRY.test(lineAround(text, event)) ? 'present' : 'historical';
    case 'past-history':
      return 'historical';
    case 'family-history':
      return 'family';
    case 'instructions':
      return 'hypothetical';
    default:
      return undefined;
  }
}

function lineAround(text: string, span: TextSpan): string {
  const { start, end } = lineSpan(text, span);
  return text.slice(start, end);
}

/** The sentence, or the sentences, that hold a span; the line where the layout has none there. */
function sentenceAround(text: string, layout: NoteLayout, span: TextSpan): TextSpan {
  const holding = layout.sentences.filter(({ start, end }) => start < span.end && span.start < end);
  const first = holding[0];
  const last = holding.at(-1);
  if (first && last) {
    return { start: Math.min(first.start, span.start), end: Math.max(last.end, span.end) };
  }
  return lineSpan(text, span);
}

function lineSpan(text: string, span: TextSpan): TextSpan {
  const end = text.indexOf('\n', span.end);
  return {
    start: span.start === 0 ? 0 : text.lastIndexOf('\n', span.start - 1) + 1,
    end: end < 0 ? text.length : end,
  };
}
