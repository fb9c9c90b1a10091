import type { Linker } from '../coding/coding.ts';
import type { Entity, Extraction, Relation } from '../extraction/extraction.ts';
import type { Note } from '../notes/note.ts';
import { pairConfidence } from './confidence.ts';
import { outcomeOf } from './cues/outcome.ts';
import { seriousnessOf } from './cues/seriousness.ts';
import { severityOf } from './cues/severity.ts';
import { evidenceOf, sentenceAround, union } from './evidence.ts';
import type { Finding, Mention, NoteFindings } from './finding.ts';
import { findingId } from './finding-id.ts';
import { drugKey, eventKey, ingredientCodes } from './identity.ts';
import { tolerancesOf } from './tolerances.ts';

/** A pair that a note is unsure of counts for less when its best mention is chosen. */
const POSSIBLE_WEIGHT = 0.8;

/**
 * What a note says of drugs and adverse events: one finding for each drug–event pair that the model
 * relates, coded, with its evidence, and the drugs that the note says were tolerated.
 *
 * A pair that stands in the note several times is one finding, at its surest mention: what is said to
 * have happened (present, historical, possible) apart from what is denied, from what may happen and
 * from what happened to a relative. The other mentions' evidence is dropped: they stand in the same
 * note.
 */
export function findingsOf(note: Note, extraction: Extraction, linker: Linker): NoteFindings {
  const entities = new Map(extraction.entities.map((entity) => [entity.id, entity]));
  const best = new Map<string, Finding>();
  for (const relation of extraction.relations) {
    const drug = entities.get(relation.tail);
    const event = entities.get(relation.head);
    if (relation.type !== 'ADE-Drug' || !drug || !event) continue;
    const finding = findingOf(note, extraction, { relation, drug, event }, linker);
    const key = `${polarity(finding)}|${drugKey(finding.drug)}|${eventKey(finding.event)}`;
    const known = best.get(key);
    if (!known || weight(finding) > weight(known)) best.set(key, finding);
  }
  return {
    source: note.source,
    findings: [...best.values()].sort(inTextOrder),
    tolerances: tolerancesOf(note, extraction, linker),
  };
}

interface Pair {
  readonly relation: Relation;
  readonly drug: Entity;
  readonly event: Entity;
}

function findingOf(
  note: Note,
  extraction: Extraction,
  { relation, drug, event }: Pair,
  linker: Linker,
): Finding {
  const drugMention = mention(drug, linker.linkDrug(drug.text));
  const eventMention = mention(event, linker.linkEvent(event.text));
  const others = extraction.entities.filter(
    ({ id, type }) =>
      id !== event.id && id !== drug.id && (type === 'ADE' || type === 'Drug' || type === 'Reason'),
  );
  const severity = severityOf(note.text, sentenceAround(note, event), event, others);
  const passage = passageOf(note, drug, event);
  const outcome = outcomeOf(passage);
  const { link } = eventMention;
  const names =
    link.kind === 'event'
      ? [event.text, link.concept.display, link.preferredTerm?.display ?? '']
      : [event.text];
  const classes = [
    ...new Set(ingredientCodes(drugMention.link).flatMap((code) => linker.classesOf(code))),
  ];
  return {
    id: findingId(note.source, drugMention, eventMention),
    patientId: note.source.patientId,
    drug: drugMention,
    event: eventMention,
    confidence: pairConfidence(relation.confidence, drug.confidence, event.confidence),
    assertion: event.assertion ?? 'present',
    ...(event.assertionCue && { assertionCue: event.assertionCue.text }),
    evidence: evidenceOf(note, drug, event),
    ...(severity && { severity }),
    ...(outcome && { outcome }),
    seriousness: seriousnessOf(
      passage,
      severity === 'severe' ? [...names, ...names.map(severely)] : names,
    ),
    ...(classes.length > 0 && { drugClasses: classes }),
    modelId: extraction.modelId,
    vocabularyVersion: linker.vocabularyVersion,
  };
}

/** Some events are medically important only where the note grades them so: "severe hyponatremia". */
function severely(name: string): string {
  return `severe ${name}`;
}

function mention<Link>({ start, end, text, confidence }: Entity, link: Link): Mention<Link> {
  return { start, end, text, link, confidence };
}

/** A following sentence that goes on about the event: "It resolved after two days." */
const GOES_ON =
  /^\W*(?:it|this|these|they|that|symptoms?|all symptoms|the (?:reaction|rash|symptoms?|event|swelling|bleeding|hives)|(?:he|she|pt|patient|the patient) (?:was|is|had|has|required|needed|recovered|improved|died))\b/i;
const LONGEST_FOLLOWING = 240;

/** What is read for outcome and seriousness: the event's sentence, the drug's where it is near, and one that goes on. */
function passageOf(note: Note, drug: Entity, event: Entity): string {
  const { start, end } = evidenceOf(note, drug, event);
  const read = union({ start, end }, sentenceAround(note, event));
  const following = note.layout.sentences.find((sentence) => sentence.start >= read.end);
  const text = note.text.slice(read.start, read.end);
  if (!following || following.end - following.start > LONGEST_FOLLOWING) return text;
  // A blank line ends what is said of an event.
  if (/\n\s*\n/.test(note.text.slice(read.end, following.start))) return text;
  const next = note.text.slice(following.start, following.end);
  return GOES_ON.test(next) ? `${text} ${next}` : text;
}

function polarity({ assertion }: Finding): string {
  return assertion === 'historical' || assertion === 'possible' ? 'present' : assertion;
}

function weight({ assertion, confidence }: Finding): number {
  return assertion === 'possible' ? confidence * POSSIBLE_WEIGHT : confidence;
}

function inTextOrder(one: Finding, other: Finding): number {
  return (
    one.event.start - other.event.start ||
    one.drug.start - other.drug.start ||
    (one.id < other.id ? -1 : 1)
  );
}
