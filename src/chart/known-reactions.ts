import type { Linker, MedicationConcept } from '../coding/coding.ts';
import type { KnownReaction } from '../findings/alert.ts';
import {
  codesIn,
  conceptIn,
  nameOf,
  objectIn,
  objectsIn,
  type ResourceLike,
  referenceIn,
  resolveReference,
  textIn,
} from './fhir-elements.ts';
import { medicationIn, type NamedMedication, namedByMedication } from './medication-concept.ts';
import { resourcesIn } from './orders.ts';

type ReactionLinker = Pick<Linker, 'ingredientsOf' | 'linkDrug'>;

/**
 * What the chart records of drug reactions, in AllergyIntolerance and AdverseEvent resources (a
 * Bundle or a list; others are there to be referred to).
 *
 * - entered in error: not recorded
 * - refuted: recorded as not there; it answers notes written until then (`refutedOn`), and nothing
 *   where no day is given
 * - inactive, resolved, unconfirmed: recorded, since somebody has seen it and judged it
 * - "no known allergy": nothing is recorded
 * - potential AdverseEvents, where nothing happened: nothing is recorded
 */
export function knownReactionsOf(resources: unknown, linker: ReactionLinker): KnownReaction[] {
  const all = resourcesIn(resources);
  return all.flatMap((resource) => {
    if (resource.resourceType === 'AllergyIntolerance') return allergyOf(resource, linker) ?? [];
    if (resource.resourceType === 'AdverseEvent') return eventsOf(resource, all, linker);
    return [];
  });
}

/** https://hl7.org/fhir/R4/allergyintolerance.html */
function allergyOf(resource: ResourceLike, linker: ReactionLinker): KnownReaction | undefined {
  const verification = codesIn(resource.verificationStatus);
  if (verification.includes('entered-in-error')) return undefined;
  const concepts = [
    conceptIn(resource.code),
    ...objectsIn(resource.reaction ?? []).map(({ substance }) => conceptIn(substance)),
  ].flatMap((concept) => (concept && !saysNothing(concept) ? [concept] : []));
  if (concepts.length === 0) return undefined;
  const refutedOn = verification.includes('refuted') ? dayOf(resource) : undefined;
  if (verification.includes('refuted') && refutedOn === undefined) return undefined;
  return {
    kind: 'allergy',
    ...referenceTo(resource),
    ...substanceOf(concepts, linker),
    ...(refutedOn !== undefined && { refutedOn }),
  };
}

/** SNOMED CT "no known …" and "not allergic …" concepts of US Core's value set, and their words. */
const NO_ALLERGY_CODES: ReadonlySet<string> = new Set([
  '716186003',
  '409137002',
  '429625007',
  '428607008',
  '716184000',
  '716185004',
  '716220001',
  '160244002',
  '428197003',
]);

function saysNothing(concept: MedicationConcept): boolean {
  if (concept.codings.some(({ code }) => code !== undefined && NO_ALLERGY_CODES.has(code))) {
    return true;
  }
  return /^\s*(?:no known|nkd?a\b|none\b|not? (?:known|on file))/i.test(nameOf(concept));
}

/** The best day that there is for a decision: when it was recorded, else when last changed. */
function dayOf(resource: ResourceLike): string | undefined {
  return textIn(resource.recordedDate) ?? textIn(objectIn(resource.meta)?.lastUpdated);
}

/** One for each suspected drug. https://hl7.org/fhir/R4/adverseevent.html, and R5's instance[x]. */
function eventsOf(
  resource: ResourceLike,
  all: readonly ResourceLike[],
  linker: ReactionLinker,
): KnownReaction[] {
  if (resource.status === 'entered-in-error' || resource.actuality === 'potential') return [];
  return objectsIn(resource.suspectEntity ?? []).flatMap((suspect) => {
    const named = suspectOf(suspect, resource, all, linker);
    if (!named) return [];
    const substance = substanceOf([{ codings: [], text: named.text }], linker);
    return [
      {
        kind: 'adverse-event' as const,
        ...referenceTo(resource),
        ...substance,
        ...(named.ingredients.length > 0 && { ingredients: named.ingredients }),
      },
    ];
  });
}

function suspectOf(
  suspect: Readonly<Record<string, unknown>>,
  holder: ResourceLike,
  all: readonly ResourceLike[],
  linker: ReactionLinker,
): NamedMedication | undefined {
  const concept = conceptIn(suspect.instanceCodeableConcept);
  if (concept) return { ingredients: linker.ingredientsOf(concept), text: nameOf(concept) };
  const instance = suspect.instance ?? suspect.instanceReference;
  const reference = referenceIn(instance);
  const target = reference ? resolveReference(reference, holder, all) : undefined;
  const named =
    target &&
    (target.resourceType === 'Medication' || target.resourceType === 'Substance'
      ? namedByMedication(target, linker)
      : medicationIn(target, [...all, ...containedIn(target), ...containedIn(holder)], linker));
  if (named) return named;
  const display = textIn(objectIn(instance)?.display);
  return display === undefined
    ? undefined
    : { ingredients: linker.ingredientsOf({ codings: [], text: display }), text: display };
}

function containedIn(resource: ResourceLike): readonly ResourceLike[] {
  return resourcesIn(Array.isArray(resource.contained) ? resource.contained : []);
}

type Substance = Pick<KnownReaction, 'ingredients' | 'classes' | 'classMembers' | 'substanceText'>;

/** Words around the substance's name in an allergy list: "Allergy to penicillin (finding)". */
const AROUND_A_NAME =
  /^(?:(?:drug )?(?:allergy|hypersensitivity|intolerance|sensitivity|adverse reaction|allergic(?: reaction)?)(?: to)?\s+(?:substance\s+)?)|^product containing (?:only )?|\s*\((?:substance|finding|disorder|product|medication)\)\s*$|\s+(?:allergy|hypersensitivity|intolerance|sensitivity)\s*$|\s+-containing products?\b|\s+class of antibiotics?$/gi;

function substanceOf(concepts: readonly MedicationConcept[], linker: ReactionLinker): Substance {
  const ingredients = new Map<string, KnownReaction['ingredients'][number]>();
  const classes = new Map<string, readonly string[]>();
  for (const concept of concepts) {
    const bare = bareNames(concept);
    const codings = [...concept.codings.filter(isCoded), ...bare.map((display) => ({ display }))];
    for (const coding of linker.ingredientsOf({ codings })) ingredients.set(coding.code, coding);
    for (const name of bare) {
      const link = linker.linkDrug(name);
      if (link.kind === 'class') classes.set(link.className, link.members);
    }
  }
  const [first] = concepts;
  return {
    ingredients: [...ingredients.values()],
    classes: [...classes.keys()],
    ...(classes.size > 0 && { classMembers: [...new Set([...classes.values()].flat())] }),
    substanceText: (first && (bareNames(first)[0] ?? nameOf(first))) ?? '',
  };
}

function isCoded({ code }: { readonly code?: string }): boolean {
  return code !== undefined;
}

/** The texts of a concept without the words of an allergy list around the name. */
function bareNames({ codings, text }: MedicationConcept): string[] {
  const texts = [text, ...codings.map(({ display }) => display)];
  const names = texts.flatMap((one) => {
    const name = one?.replace(AROUND_A_NAME, '').trim();
    return name ? [name] : [];
  });
  return [...new Set(names)];
}

function referenceTo({ resourceType, id }: ResourceLike): { reference?: string } {
  const name = textIn(id);
  return name === undefined ? {} : { reference: `${resourceType}/${name}` };
}
