import {
  type Coding,
  type DrugLink,
  type LinkedDrug,
  type LinkedDrugClass,
  type LinkMethod,
  type MedicationConcept,
  RXNORM_SYSTEM,
} from './coding.ts';
import { chooseEntry, type DrugEntry, DrugIndex } from './drug-index.ts';
import {
  combinationParts,
  drugKey,
  drugKeyVariants,
  type KeyVariant,
  skeletonKey,
} from './drug-key.ts';
import { fold } from './fold.ts';
import type { SearchCandidate } from './search-candidate.ts';
import { DISTANCE_LIMIT, SimilarDrugs } from './similar-drugs.ts';
import type { DrugConcept, Vocabulary } from './vocabulary.ts';

const RXNORM_SYSTEMS = new Set([RXNORM_SYSTEM, 'urn:oid:2.16.840.1.113883.6.88']);

/** A mention longer than this is no name; the work on it is bounded. UTF-16 code units. */
const LONGEST_MENTION = 300;
/** Shorter names differ from too many others by one letter to be corrected. */
const SHORTEST_FUZZY = 6;
/** Score of a link across a spelling family (ph/f, y/i, doubled letters). */
const SKELETON_SCORE = 0.92;
/** Key variants below this leave a salt out; classes have none. */
const WITHOUT_SALT = 0.96;

/** Links drug mentions and orders to RxNorm. Pure look-ups; see README.md for the order of steps. */
export class DrugLinker {
  readonly #index: DrugIndex;
  readonly #versions: ReadonlyMap<string, string>;
  readonly #classNames = new Map<string, { text: string; className: string }>();
  readonly #classMembers = new Map<string, readonly string[]>();
  readonly #classesOf = new Map<string, string[]>();
  readonly #refused = new Set<string>();
  readonly #threshold: number;
  readonly #similar: SimilarDrugs;

  /** @param threshold lowest score of a fuzzy link, 0–1 */
  constructor(vocabulary: Vocabulary, threshold: number) {
    this.#threshold = threshold;
    this.#index = new DrugIndex(vocabulary);
    this.#similar = new SimilarDrugs(this.#index);
    this.#versions = new Map(
      vocabulary.sources.flatMap((s) => (s.version === undefined ? [] : [[s.id, s.version]])),
    );
    for (const { name, members } of vocabulary.drugClasses) {
      this.#classMembers.set(name, members);
      for (const member of members) {
        const classes = this.#classesOf.get(member);
        if (classes) classes.push(name);
        else this.#classesOf.set(member, [name]);
      }
    }
    for (const { text, className } of vocabulary.drugClassNames) {
      const [plain] = drugKeyVariants(text);
      if (plain) this.#classNames.set(plain.key, { text, className });
    }
    // The singular of a plural name ("statins"), unless it is a name itself.
    for (const { text, className } of vocabulary.drugClassNames) {
      const other = drugKeyVariants(text)[1];
      if (other?.why !== 'plural' || this.#classNames.has(other.key)) continue;
      // "tetracycline" is a drug, although "tetracyclines" is a class.
      if (!this.#index.byKey(other.key).some((entry) => entry.rank === 0)) {
        this.#classNames.set(other.key, { text, className });
      }
    }
    for (const { domain, text } of vocabulary.refusals) {
      if (domain === 'drug') this.#refused.add(drugKey(text));
    }
  }

  link(text: string): DrugLink {
    const mention = text.trim();
    if (mention === '' || mention.length > LONGEST_MENTION) return { kind: 'uncoded' };
    const found = this.#certain(mention);
    if (found) return found;
    return this.#refused.has(drugKey(mention)) ? { kind: 'uncoded' } : this.#fuzzy(mention);
  }

  classesOf(ingredient: string): readonly string[] {
    return this.#classesOf.get(ingredient) ?? [];
  }

  /**
   * Ingredients of an ordered medication: by the first RxNorm code that the vocabulary knows, else
   * by the displays and the text. Several drugs in one text ("aspirin and clopidogrel") all count.
   */
  ingredientsOf(medication: MedicationConcept): readonly Coding[] {
    for (const { system, code } of medication.codings) {
      if (system === undefined || !RXNORM_SYSTEMS.has(system) || code === undefined) continue;
      const concept = this.#index.byCode.get(code);
      if (concept) return this.#ingredients(concept);
    }
    const texts = [...medication.codings.map((coding) => coding.display), medication.text];
    for (const text of texts) {
      const ingredients = text === undefined ? [] : this.#ingredientsOfText(text);
      if (ingredients.length > 0) return ingredients;
    }
    return [];
  }

  #ingredientsOfText(text: string): readonly Coding[] {
    const link = this.link(text);
    if (link.kind === 'drug') return link.ingredients;
    const parts = combinationParts(text).map((part) => this.#certain(part));
    const codes = parts.flatMap((part) => (part?.kind === 'drug' ? part.ingredients : []));
    return [...new Map(codes.map((coding) => [coding.code, coding])).values()];
  }

  /** Candidates for a reader, best first, with why each stands there. */
  search(text: string, limit: number): SearchCandidate[] {
    const link = this.link(text);
    const found: SearchCandidate[] = [];
    const seen = new Set<string>();
    if (link.kind === 'class') {
      found.push({
        code: '',
        display: link.className,
        type: 'class',
        matchedTerm: link.matchedTerm,
        score: link.score,
        why: `${link.method}: a class of ${link.members.length} ingredients`,
      });
    } else if (link.kind === 'drug') {
      seen.add(link.concept.code);
      found.push({
        code: link.concept.code,
        display: link.concept.display,
        type: link.termType,
        matchedTerm: link.matchedTerm,
        score: link.score,
        why: `linked: ${link.method}`,
      });
    }
    const key = drugKey(text);
    for (const { entry, distance, cosine } of this.#similar.nearest(key)) {
      if (found.length >= limit) break;
      if (seen.has(entry.concept.code)) continue;
      seen.add(entry.concept.code);
      found.push({
        code: entry.concept.code,
        display: entry.concept.name,
        type: entry.concept.termType,
        matchedTerm: entry.text,
        score: round(cosine),
        why: `similar: ${distance > DISTANCE_LIMIT ? `more than ${DISTANCE_LIMIT}` : distance} edits`,
      });
    }
    return found;
  }

  /** Every step but the fuzzy one. */
  #certain(mention: string): LinkedDrug | LinkedDrugClass | undefined {
    const variants = drugKeyVariants(mention);
    // Our classes before names: "penicillin" is a class to a clinician, whatever a synonym list says.
    const asWritten = this.#classOf(mention, variants.slice(0, 1));
    if (asWritten) return asWritten;
    const exact = this.#index.exact(mention);
    if (exact.length > 0 && !this.#refused.has(drugKey(mention))) {
      const entry = chooseEntry(exact);
      return entry && this.#drugLink(entry, 'exact', 1);
    }
    const named = this.#classOf(mention, variants);
    if (named) return named;
    for (const { key, score } of variants) {
      if (this.#refused.has(key)) return undefined;
      const entries = this.#index.byKey(key);
      if (entries.length === 0) continue;
      const entry = chooseEntry(entries);
      // A name with two meanings is left alone; a weaker variant would only guess.
      return entry && this.#drugLink(entry, 'normalised', score);
    }
    return this.#combination(mention) ?? this.#bySkeleton(variants);
  }

  #classOf(mention: string, variants: readonly KeyVariant[]): LinkedDrugClass | undefined {
    for (const { key, score } of variants) {
      if (score < WITHOUT_SALT) break;
      const name = this.#classNames.get(key);
      if (!name) continue;
      const exact = fold(name.text) === fold(mention);
      return this.#classLink(name, exact ? 'exact' : 'normalised', exact ? 1 : score);
    }
    return undefined;
  }

  #bySkeleton(variants: readonly KeyVariant[]): LinkedDrug | undefined {
    for (const { key, score } of variants) {
      if (skeletonKey(key).length < SHORTEST_FUZZY) continue;
      const entries = this.#index.bySkeleton(key).filter((entry) => entry.rank < 3);
      const meanings = new Set(entries.map((entry) => entry.concept.ingredients.join(' ')));
      const entry = meanings.size === 1 ? chooseEntry(entries) : undefined;
      if (entry) return this.#drugLink(entry, 'normalised', Math.min(score, SKELETON_SCORE));
    }
    return undefined;
  }

  /**
   * `amoxicillin/clavulanate`: every part must be one drug. Where the vocabulary has no concept for
   * the combination, the concept is the part named first and `ingredients` tells the whole.
   */
  #combination(mention: string): LinkedDrug | undefined {
    const parts = combinationParts(mention);
    if (parts.length === 0 || parts.length > 6) return undefined;
    const links: LinkedDrug[] = [];
    for (const part of parts) {
      const link = this.#certain(part);
      if (link?.kind !== 'drug') return undefined;
      links.push(link);
    }
    const byCode = new Map(
      links.flatMap((l) => l.ingredients).map((coding) => [coding.code, coding]),
    );
    if (byCode.size < 2) return links[0];
    const codes = [...byCode.keys()].sort((a, b) => Number(a) - Number(b));
    const score = Math.min(...links.map((link) => link.score), 0.97);
    const concept = this.#index.combination(codes);
    if (concept) {
      return this.#drugLink({ text: concept.name, concept, rank: 0 }, 'normalised', score);
    }
    // Joined by a word, drugs may as well be two that were given together.
    if (/\b(?:and|with|plus)\b|[,;&]/.test(fold(mention))) return undefined;
    return {
      ...(links[0] as LinkedDrug),
      method: 'normalised',
      score,
      matchedTerm: links.map((link) => link.matchedTerm).join(' / '),
      ingredients: codes.map((code) => byCode.get(code) as Coding),
    };
  }

  #fuzzy(mention: string): DrugLink {
    const variants = drugKeyVariants(mention);
    const key = (variants.find((v) => v.why.startsWith('strength')) ?? variants[0])?.key ?? '';
    if (key.length < SHORTEST_FUZZY) return { kind: 'uncoded' };
    const { nearest, score, clear } = this.#similar.correct(key);
    if (!nearest) return { kind: 'uncoded' };
    return clear && score >= this.#threshold
      ? this.#drugLink(nearest.entry, 'fuzzy', score)
      : { kind: 'uncoded', nearest: { term: nearest.entry.text, score } };
  }

  #classLink(
    { text, className }: { text: string; className: string },
    method: LinkMethod,
    score: number,
  ): LinkedDrugClass {
    return {
      kind: 'class',
      className,
      members: this.#classMembers.get(className) ?? [],
      method,
      score,
      matchedTerm: text,
    };
  }

  #drugLink(entry: DrugEntry, method: LinkMethod, score: number): LinkedDrug {
    return {
      kind: 'drug',
      concept: this.#coding(entry.concept),
      termType: entry.concept.termType,
      ingredients: this.#ingredients(entry.concept),
      method,
      score,
      matchedTerm: entry.text,
    };
  }

  #ingredients(concept: DrugConcept): Coding[] {
    return concept.ingredients.flatMap((code) => {
      const ingredient = this.#index.byCode.get(code);
      return ingredient ? [this.#coding(ingredient)] : [];
    });
  }

  #coding(concept: DrugConcept): Coding {
    const version = this.#versions.get(concept.source);
    return {
      system: RXNORM_SYSTEM,
      ...(version !== undefined && { version }),
      code: concept.code,
      display: concept.name,
    };
  }
}

function round(score: number): number {
  return Math.round(score * 1000) / 1000;
}
