import {
  type Coding,
  type DrugLink,
  type EventLink,
  type Linker,
  MEDDRA_SYSTEM,
  RXNORM_SYSTEM,
} from '../../../src/coding/coding.ts';
import type { Entity, Extraction } from '../../../src/extraction/extraction.ts';
import type { AlertInput, KnownReaction, OrderedDrug } from '../../../src/findings/alert.ts';
import type { Finding, ToleranceMention } from '../../../src/findings/finding.ts';
import type { Note, NoteSource, Section, TextSpan } from '../../../src/notes/note.ts';

/** Invented throughout. */
const CODES: Readonly<Record<string, string>> = {
  amoxicillin: '723',
  ampicillin: '733',
  clavulanate: '48203',
  cephalexin: '2231',
  lisinopril: '29046',
  simvastatin: '36567',
  atorvastatin: '83367',
  codeine: '2670',
  acetaminophen: '161',
};
const CLASSES: Readonly<Record<string, readonly string[]>> = {
  penicillins: ['723', '733'],
  'beta-lactams': ['723', '733', '2231'],
  antibiotics: ['723', '733', '2231'],
  statins: ['36567', '83367'],
};
const EVENTS: Readonly<Record<string, readonly [string, string]>> = {
  rash: ['10037844', 'Rash'],
  hives: ['10046735', 'Urticaria'],
  anaphylaxis: ['10002218', 'Anaphylaxis'],
  angioedema: ['10002424', 'Angioedema'],
  cough: ['10011224', 'Cough'],
  myalgia: ['10028411', 'Myalgia'],
  nausea: ['10028813', 'Nausea'],
};

export function ingredient(name: string): Coding {
  return { system: RXNORM_SYSTEM, code: CODES[name] ?? `?${name}`, display: name };
}

export function drugLink(...names: readonly string[]): DrugLink {
  const ingredients = names.map(ingredient);
  return {
    kind: 'drug',
    method: 'exact',
    score: 1,
    matchedTerm: names.join('/'),
    concept: ingredients[0] as Coding,
    termType: 'IN',
    ingredients,
  };
}

export function classLink(className: string): DrugLink {
  return {
    kind: 'class',
    method: 'exact',
    score: 1,
    matchedTerm: className,
    className,
    members: CLASSES[className] ?? [],
  };
}

export function eventLink(name: string): EventLink {
  const [code, display] = EVENTS[name] ?? [];
  if (!code || !display) return { kind: 'uncoded' };
  const concept = { system: MEDDRA_SYSTEM, code, display };
  return {
    kind: 'event',
    method: 'exact',
    score: 1,
    matchedTerm: name,
    concept,
    level: 'PT',
    preferredTerm: concept,
    preferredTermCode: code,
  };
}

function linkDrug(text: string): DrugLink {
  const name = text.trim().toLowerCase();
  if (name === 'augmentin') return drugLink('amoxicillin', 'clavulanate');
  const parts = name.split(/[/-]/);
  if (parts.every((part) => part in CODES)) return drugLink(...parts);
  if (name in CLASSES) return classLink(name);
  return { kind: 'uncoded' };
}

/** A linker that knows a handful of drugs, classes and events by their names. */
export const linker: Linker = {
  vocabularyVersion: 'test-1',
  linkDrug,
  linkEvent: (text) => eventLink(text.trim().toLowerCase()),
  ingredientsOf: ({ codings, text }) => {
    for (const { system, code } of codings) {
      const known = Object.entries(CODES).find(([, rxcui]) => rxcui === code);
      if (system === RXNORM_SYSTEM && known) return [ingredient(known[0])];
    }
    for (const name of [...codings.map(({ display }) => display), text]) {
      const link = name === undefined ? undefined : linkDrug(name);
      if (link?.kind === 'drug') return link.ingredients;
    }
    return [];
  },
  classesOf: (code) =>
    Object.entries(CLASSES)
      .filter(([, members]) => members.includes(code))
      .map(([name]) => name),
};

export function aSource(changes: Partial<NoteSource> = {}): NoteSource {
  return {
    server: 'https://ehr.example/fhir',
    reference: 'DocumentReference/d1',
    versionId: '1',
    patientId: 'p1',
    typeText: 'Progress note',
    date: '2023-04-03',
    contentType: 'text/plain',
    attachmentPath: 'DocumentReference.content[0].attachment',
    ...changes,
  };
}

export interface FindingChanges extends Partial<Finding> {
  /** Names of the ingredients blamed. */
  readonly of?: readonly string[];
  readonly reaction?: string;
  readonly source?: Partial<NoteSource>;
}

/** A finding: amoxicillin and a rash, unless told otherwise. */
export function aFinding(changes: FindingChanges = {}): Finding {
  const { of = ['amoxicillin'], reaction = 'rash', source: sourceChanges = {}, ...rest } = changes;
  const source = aSource(sourceChanges);
  const drugText = of.join('/');
  const quote = `Developed ${reaction} on ${drugText}.`;
  const classes = [...new Set(of.flatMap((name) => [...linker.classesOf(ingredient(name).code)]))];
  return {
    id: `${source.reference}-${drugText}-${reaction}-${rest.assertion ?? ''}`,
    patientId: source.patientId,
    drug: {
      start: 14 + reaction.length,
      end: 14 + reaction.length + drugText.length,
      text: drugText,
      link: drugLink(...of),
      confidence: 0.99,
    },
    event: {
      start: 10,
      end: 10 + reaction.length,
      text: reaction,
      link: eventLink(reaction),
      confidence: 0.98,
    },
    confidence: 0.9,
    assertion: 'present',
    evidence: {
      source,
      start: 0,
      end: quote.length,
      quote,
      attachmentSpan: { start: 0, end: quote.length },
    },
    seriousness: [],
    ...(classes.length > 0 && { drugClasses: classes }),
    modelId: 'model-1',
    vocabularyVersion: 'test-1',
    ...rest,
  };
}

export function aTolerance(
  changes: {
    readonly of?: readonly string[];
    readonly kind?: ToleranceMention['kind'];
    readonly source?: Partial<NoteSource>;
    readonly start?: number;
  } = {},
): ToleranceMention {
  const { of = ['amoxicillin'], kind = 'tolerated', source = {}, start = 40 } = changes;
  const text = of.join('/');
  const quote = `Tolerated ${text}.`;
  return {
    kind,
    drug: { start, end: start + text.length, text, link: drugLink(...of), confidence: 0.9 },
    evidence: {
      source: aSource({ reference: 'DocumentReference/d2', date: '2024-01-10', ...source }),
      start: 30,
      end: 30 + quote.length,
      quote,
      attachmentSpan: { start: 30, end: 30 + quote.length },
    },
  };
}

export function aKnown(changes: Partial<KnownReaction> = {}): KnownReaction {
  return {
    kind: 'allergy',
    reference: 'AllergyIntolerance/a1',
    ingredients: [ingredient('amoxicillin')],
    classes: [],
    substanceText: 'amoxicillin',
    ...changes,
  };
}

export function anOrder(...names: readonly string[]): OrderedDrug {
  const ingredients = names.map(ingredient);
  return {
    ingredients,
    classes: [...new Set(ingredients.flatMap(({ code }) => [...linker.classesOf(code)]))],
    text: `${names.join('/')} 500 MG Oral Capsule`,
    resourceId: `order-${names.join('-')}`,
    resourceType: 'MedicationRequest',
  };
}

export function anInput(changes: Partial<AlertInput> = {}): AlertInput {
  return {
    findings: [aFinding()],
    tolerances: [],
    known: [],
    dismissed: new Set(),
    threshold: 0.7,
    ...changes,
  };
}

/**
 * A note of plain text: sentences end with a full stop or a line; a line that ends with a colon, and
 * nothing else, is a heading.
 */
export function aNote(text: string, source: Partial<NoteSource> = {}): Note {
  return {
    source: aSource(source),
    text,
    layout: { sections: sectionsOf(text), sentences: sentencesOf(text) },
    offsets: { toSource: (offset) => offset },
  };
}

function sentencesOf(text: string): TextSpan[] {
  return [...text.matchAll(/[^.\n]*[^.\s][^.\n]*\.?/g)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
  }));
}

function sectionsOf(text: string): Section[] {
  const headings = [...text.matchAll(/^([A-Z][A-Za-z ]*):$/gm)];
  const kinds: Readonly<Record<string, Section['kind']>> = {
    Allergies: 'allergies',
    Medications: 'medications',
    'Family History': 'family-history',
    Instructions: 'instructions',
  };
  const sections: Section[] = [];
  const first = headings[0]?.index ?? text.length;
  if (first > 0) sections.push({ start: 0, end: first, bodyStart: 0, kind: 'other' });
  for (const [index, heading] of headings.entries()) {
    const name = heading[1] ?? '';
    sections.push({
      start: heading.index,
      end: headings[index + 1]?.index ?? text.length,
      bodyStart: Math.min(text.length, heading.index + heading[0].length + 1),
      heading: name,
      kind: kinds[name] ?? 'other',
    });
  }
  return sections;
}

/**
 * What a model would find: `{drug}` and `[event]` marked in the text, and the pairs related.
 *
 * @param marked text with `{…}` around drugs and `[…]` around events, `[event|assertion]` where it
 * is not `present`
 * @param pairs numbers of drugs and events (from 0) that belong together; by default all
 */
export function marked(
  markedText: string,
  pairs?: readonly (readonly [drug: number, event: number, confidence?: number])[],
): { text: string; extraction: Extraction } {
  const entities: Entity[] = [];
  let text = '';
  let at = 0;
  for (const match of markedText.matchAll(/\{([^}]*)\}|\[([^\]|]*)(?:\|(\w+))?\]/g)) {
    text += markedText.slice(at, match.index);
    at = match.index + match[0].length;
    const words = match[1] ?? match[2] ?? '';
    const start = text.length;
    text += words;
    const base = { id: `T${entities.length + 1}`, start, end: text.length, text: words };
    entities.push(
      match[1] === undefined
        ? {
            ...base,
            type: 'ADE',
            confidence: 0.9,
            assertion: (match[3] ?? 'present') as NonNullable<Entity['assertion']>,
          }
        : { ...base, type: 'Drug', confidence: 0.95 },
    );
  }
  text += markedText.slice(at);
  const drugs = entities.filter(({ type }) => type === 'Drug');
  const events = entities.filter(({ type }) => type === 'ADE');
  const all = drugs.flatMap((_, drug) => events.map((__, event) => [drug, event, 0.9] as const));
  return {
    text,
    extraction: {
      modelId: 'model-1',
      entities,
      relations: (pairs ?? all).map(([drug, event, confidence = 0.9]) => ({
        type: 'ADE-Drug' as const,
        head: events[event]?.id ?? '',
        tail: drugs[drug]?.id ?? '',
        confidence,
      })),
    },
  };
}
