import type { Linker } from '../coding/coding.ts';
import type { Entity, Extraction } from '../extraction/extraction.ts';
import type { Note, TextSpan } from '../notes/note.ts';
import { saysNotTaken, saysTaken, saysTolerated } from './cues/tolerance.ts';
import { contains, evidenceAt, sectionAt, sentenceAround } from './evidence.ts';
import type { ToleranceMention } from './finding.ts';
import { drugKey } from './identity.ts';

/**
 * The drugs that a note says were tolerated, or lists as taken: one mention a drug and kind, the
 * first. A drug that the same sentence blames for an event is none of them.
 */
export function tolerancesOf(
  note: Note,
  extraction: Extraction,
  linker: Pick<Linker, 'linkDrug'>,
): ToleranceMention[] {
  const drugs = extraction.entities.filter(({ type }) => type === 'Drug');
  const relations = adverseRelations(extraction);
  const found = new Map<string, ToleranceMention>();
  for (const drug of drugs) {
    const kind = toleranceOf(note, drug, drugs, relations.get(drug.id) ?? []);
    if (!kind) continue;
    const { start, end, text, confidence } = drug;
    const mention = { start, end, text, confidence, link: linker.linkDrug(text) };
    const key = `${kind} ${drugKey(mention)}`;
    if (found.has(key)) continue;
    found.set(key, { kind, drug: mention, evidence: evidenceAt(note, sentenceAround(note, drug)) });
  }
  return [...found.values()];
}

/** Events by the id of the drug that they are related to. */
function adverseRelations({ entities, relations }: Extraction): Map<string, Entity[]> {
  const byId = new Map(entities.map((entity) => [entity.id, entity]));
  const events = new Map<string, Entity[]>();
  for (const { type, head, tail } of relations) {
    const event = byId.get(head);
    if (type === 'ADE-Drug' && event) events.set(tail, [...(events.get(tail) ?? []), event]);
  }
  return events;
}

function toleranceOf(
  note: Note,
  drug: Entity,
  drugs: readonly Entity[],
  events: readonly Entity[],
): ToleranceMention['kind'] | undefined {
  const kind = sectionAt(note, drug.start)?.kind;
  if (kind === 'family-history' || kind === 'instructions') return undefined;
  const sentence = sentenceAround(note, drug);
  if (events.some((event) => isSaidToHaveHappened(event) && contains(sentence, event))) {
    return undefined;
  }
  const clause = clauseAround(note.text, sentence, drug);
  const words = note.text.slice(clause.start, clause.end);
  const onlyDrug = drugs.every((other) => other.id === drug.id || !contains(clause, other));
  if (saysTolerated(words, onlyDrug)) return 'tolerated';
  const denied = events.some((event) => event.assertion === 'negated' && contains(sentence, event));
  if (denied && saysTaken(words)) return 'tolerated';
  if (kind !== 'medications') return undefined;
  return events.some(isSaidToHaveHappened) || saysNotTaken(lineAround(note.text, drug))
    ? undefined
    : 'taken';
}

function isSaidToHaveHappened({ assertion = 'present' }: Entity): boolean {
  return assertion === 'present' || assertion === 'historical' || assertion === 'possible';
}

/** The part of the sentence between the turns around a span: "; ", "but", "however", "except". */
function clauseAround(text: string, sentence: TextSpan, { start, end }: TextSpan): TextSpan {
  const turn = /;|\b(?:but|however|except|although|whereas|then)\b/gi;
  const before = [...text.slice(sentence.start, start).matchAll(turn)].at(-1);
  const after = text.slice(end, sentence.end).search(turn);
  return {
    start: before ? sentence.start + before.index + before[0].length : sentence.start,
    end: after < 0 ? sentence.end : end + after,
  };
}

function lineAround(text: string, { start, end }: TextSpan): string {
  const from = start === 0 ? 0 : text.lastIndexOf('\n', start - 1) + 1;
  const to = text.indexOf('\n', end);
  return text.slice(from, to < 0 ? text.length : to);
}
