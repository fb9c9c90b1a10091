import type { Finding } from '../src/findings/finding.ts';
import type { NoteSource } from '../src/notes/note.ts';
import { oneLine } from './markdown.ts';

/** Plain words for what a finding holds; for Markdown they are escaped where they are used. */

/** The event as a reader knows it: its coded term, else the note's own words. */
export function eventDisplay(finding: Finding): string {
  const { link, text } = finding.event;
  return oneLine(link.kind === 'event' ? link.concept.display : text);
}

/** `Discharge summary`, or `Note` where the server does not say. */
export function noteType(source: NoteSource): string {
  return oneLine(source.typeText ?? '') || 'Note';
}

/** The day of an ISO 8601 date or instant, as precise as it is; its own zone is kept. */
export function dayOf(date: string | undefined): string | undefined {
  return /^\d{4}(?:-\d{2}(?:-\d{2})?)?/.exec(date ?? '')?.[0];
}

/** Bands of a calibrated probability. Numbers would claim more than the calibration can. */
export function confidenceBand(confidence: number): 'high' | 'moderate' | 'low' {
  if (confidence >= 0.9) return 'high';
  return confidence >= 0.7 ? 'moderate' : 'low';
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  if (words.length <= 1) return words[0] ?? '';
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

export function capitalised(text: string): string {
  return text.replace(/^\p{Ll}/u, (letter) => letter.toUpperCase());
}

/** `1 note`, `2 notes`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Cut to `length` UTF-16 units with an ellipsis, never within a character. */
export function shortened(text: string, length: number): string {
  if (text.length <= length) return text;
  return `${text
    .slice(0, Math.max(0, length - 1))
    .replace(/[\uD800-\uDBFF]$/, '')
    .trimEnd()}…`;
}
