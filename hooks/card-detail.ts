import { MEDDRA_SYSTEM } from '../src/coding/coding.ts';
import type { Alert } from '../src/findings/alert.ts';
import type { Finding } from '../src/findings/finding.ts';
import type { NoteSource } from '../src/notes/note.ts';
import type { CardContext } from './card-context.ts';
import { emphasise, escapeMarkdown } from './markdown.ts';
import {
  capitalised,
  confidenceBand,
  counted,
  dayOf,
  eventDisplay,
  listed,
  noteType,
} from './words.ts';

const FOUND_BY_SOFTWARE = 'Found by software in free text; unverified.';
/** Text of a note shown on either side of drug and event, UTF-16 units. */
const QUOTE_MARGIN = 160;
const FURTHER_PLACES_SHOWN = 3;

/**
 * The card's detail: the sentence it rests on, where that stands, the codes, and why it is shown.
 * GitHub Flavoured Markdown in which every word of a note is escaped.
 */
export function detailOf(alert: Alert, context: CardContext): string {
  const [best, ...further] = alert.findings;
  if (!best) throw new Error(`alert ${alert.key} has no finding`);
  if (alert.matchedBy === 'class') return classDetail(alert, best, context);
  return [
    `> “${quoteOf(best)}”`,
    placeOf(best),
    [
      `- Drug: ${drugLine(best)}`,
      `- Reaction: ${eventLine(best)}`,
      `- Confidence: ${confidenceLine(best)}`,
    ].join('\n'),
    ...(further.length > 0 ? [furtherLine(further)] : []),
    `Shown because ${reasonOf(alert, context)}. ${FOUND_BY_SOFTWARE}`,
    ...caveats(context),
  ].join('\n\n');
}

/** A match by class alone is downgraded to a line. */
function classDetail(alert: Alert, best: Finding, context: CardContext): string {
  const ordered = escapeMarkdown(capitalised(alert.order?.text ?? 'The ordered drug'));
  const classes = sharedClasses(alert, context).map((name) => escapeMarkdown(name));
  const shared = classes.length > 0 ? ` (${listed(classes)})` : '';
  return [
    `${ordered} is of the same class${shared} as ${escapeMarkdown(alert.drugDisplay)}: “${quoteOf(best)}” — ${placeOf(best)}. ${FOUND_BY_SOFTWARE}`,
    ...caveats(context),
  ].join('\n\n');
}

function sharedClasses(alert: Alert, { classesOf }: CardContext): string[] {
  const ordered = new Set(alert.order?.ingredients.flatMap(({ code }) => classesOf(code)) ?? []);
  const noted = alert.ingredients.flatMap(({ code }) => classesOf(code));
  return [...new Set(noted.filter((name) => ordered.has(name)))];
}

/** The evidence with drug and event in bold; of a long passage what stands around them. */
function quoteOf({ evidence, drug, event }: Finding): string {
  const spans = [drug, event].map(({ start, end }) => ({
    start: start - evidence.start,
    end: end - evidence.start,
  }));
  const inside = spans.filter(({ start, end }) => start >= 0 && end <= evidence.quote.length);
  const first = Math.min(...inside.map(({ start }) => start), evidence.quote.length);
  const last = Math.max(...inside.map(({ end }) => end), 0);
  const from = inside.length > 0 ? wordStart(evidence.quote, first - QUOTE_MARGIN) : 0;
  const to = wordEnd(evidence.quote, inside.length > 0 ? last + QUOTE_MARGIN : 2 * QUOTE_MARGIN);
  const shown = emphasise(
    evidence.quote.slice(from, to),
    inside.map(({ start, end }) => ({ start: start - from, end: end - from })),
  );
  return `${from > 0 ? '… ' : ''}${shown}${to < evidence.quote.length ? ' …' : ''}`;
}

function wordStart(text: string, at: number): number {
  if (at <= 0) return 0;
  const space = text.slice(at, at + 40).search(/\s/);
  return space < 0 ? at : at + space + 1;
}

function wordEnd(text: string, at: number): number {
  if (at >= text.length) return text.length;
  const space = text.slice(Math.max(0, at - 40), at).search(/\s\S*$/);
  return space < 0 ? at : Math.max(0, at - 40) + space;
}

/** Note type, author, date, section and a link to the document. */
function placeOf({ evidence }: Finding): string {
  const { source, sectionHeading } = evidence;
  const url = documentUrl(source);
  return [
    noteType(source),
    ...(source.author ? [source.author] : []),
    dayOf(source.date) ?? 'no date',
    ...(sectionHeading ? [`section ${sectionHeading}`] : []),
  ]
    .map((part) => escapeMarkdown(part))
    .concat(url ? [`[open the document](${url})`] : [])
    .join(' · ');
}

/** The document's address, where the note came from a FHIR server. */
export function documentUrl({
  server,
  reference,
}: Pick<NoteSource, 'server' | 'reference'>): string | undefined {
  const base = URL.parse(server);
  if (!base || !/^https?:$/.test(base.protocol)) return undefined;
  if (!/^DocumentReference\/[A-Za-z0-9\-.]{1,64}$/.test(reference)) return undefined;
  // Markdown would end the address at a bracket or a space.
  const path = base.pathname
    .replace(/\/+$/, '')
    .replace(/[()<>\s]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
  return `${base.origin}${path}/${reference}`;
}

function drugLine({ drug }: Finding): string {
  const { link } = drug;
  const text = escapeMarkdown(drug.text);
  if (link.kind === 'drug') {
    const codes = link.ingredients.map(
      ({ code, display }) => `${escapeMarkdown(display)}, RxNorm ${code}`,
    );
    return `${text} (${codes.join('; ')})`;
  }
  return link.kind === 'class' ? `${text} (a class of drugs)` : `${text} (no code)`;
}

function eventLine({ event, severity }: Finding): string {
  const { link } = event;
  const text = escapeMarkdown(event.text);
  const graded = severity ? `${text}, ${severity}` : text;
  if (link.kind !== 'event') return `${graded} (no code)`;
  const { code, display, system } = link.concept;
  const vocabulary = system === MEDDRA_SYSTEM ? `MedDRA ${link.level}` : 'code';
  return `${graded} (${escapeMarkdown(display)}, ${vocabulary} ${code})`;
}

function confidenceLine({ confidence, assertion, assertionCue }: Finding): string {
  const band = confidenceBand(confidence);
  if (assertion !== 'possible') return band;
  return assertionCue
    ? `${band}; the note is not sure (“${escapeMarkdown(assertionCue)}”)`
    : `${band}; the note is not sure`;
}

function furtherLine(further: readonly Finding[]): string {
  const shown = further.slice(0, FURTHER_PLACES_SHOWN).map((finding) => {
    const { source } = finding.evidence;
    const words = [eventDisplay(finding), noteType(source), dayOf(source.date) ?? 'no date'];
    return words.map((word) => escapeMarkdown(word)).join(', ');
  });
  const hidden = further.length - shown.length;
  return `Also in ${counted(further.length, 'further place')}: ${shown.join('; ')}${hidden > 0 ? `; and ${hidden} more` : ''}.`;
}

function reasonOf(alert: Alert, { unreadParts }: CardContext): string {
  const drug = escapeMarkdown(alert.drugDisplay);
  const record = unreadParts.includes('allergy list')
    ? 'whether it is recorded could not be looked up'
    : 'neither an allergy nor an adverse event in the chart records it';
  return alert.matchedBy === 'ingredient' ? `${drug} is being ordered and ${record}` : record;
}

function caveats({ pendingNotes, unreadableNotes, unreadParts }: CardContext): string[] {
  const lists = unreadParts.map((part) => `the ${part}`);
  return [
    ...(lists.length > 0
      ? [`${capitalised(listed(lists))} could not be read: this reaction may be recorded there.`]
      : []),
    ...(pendingNotes > 0
      ? [`${capitalised(counted(pendingNotes, 'note'))} still being read.`]
      : []),
    ...(unreadableNotes.count > 0 ? [unreadableLine(unreadableNotes)] : []),
  ];
}

function unreadableLine({ count, server, references }: CardContext['unreadableNotes']): string {
  const links = references.flatMap((reference) => {
    const url = documentUrl({ server, reference });
    return url ? [`[${escapeMarkdown(reference)}](${url})`] : [];
  });
  const shown = links.slice(0, FURTHER_PLACES_SHOWN);
  const named =
    shown.length > 0 ? `: ${shown.join(', ')}${shown.length < count ? ' and others' : ''}` : '';
  return `${counted(count, 'note')} could not be read${named}.`;
}
