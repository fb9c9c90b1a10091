import {
  type Coding,
  type EventLink,
  type LinkedEvent,
  type LinkMethod,
  MEDDRA_SYSTEM,
} from './coding.ts';
import { eventKey, eventKeyVariants } from './event-key.ts';
import { fold } from './fold.ts';
import { labFinding } from './lab-values.ts';
import type { SearchCandidate } from './search-candidate.ts';
import { TrigramIndex } from './trigram-index.ts';
import type { EventTerm, Vocabulary } from './vocabulary.ts';
import { alignWords } from './word-alignment.ts';

/** A name of a term: as released (rank 0), of our own (1), from elsewhere (2). */
interface EventEntry {
  readonly text: string;
  readonly key: string;
  readonly term: EventTerm;
  readonly rank: number;
}

/** A mention longer than this is a sentence, not an event. UTF-16 code units. */
const LONGEST_MENTION = 200;
const FUZZY_CANDIDATES = 30;
/** Score of a laboratory value that was read as a finding. */
const LAB_SCORE = 0.85;
/** A rival of another preferred term must be worse than the best by this. */
const FUZZY_MARGIN = 0.04;

/** Links event mentions to MedDRA terms. Pure look-ups; see README.md for the order of steps. */
export class EventLinker {
  readonly #terms = new Map<string, EventTerm>();
  readonly #versions: ReadonlyMap<string, string>;
  readonly #entries: EventEntry[] = [];
  readonly #exact = new Map<string, EventEntry[]>();
  readonly #keys = new Map<string, EventEntry[]>();
  readonly #refused = new Map<string, string | undefined>();
  /** Words of all names: a word that is known is no misspelling of another. */
  readonly #known = new Set<string>();
  readonly #threshold: number;
  #similar: TrigramIndex | undefined;

  /** @param threshold lowest score of a fuzzy link, 0–1 */
  constructor(vocabulary: Vocabulary, threshold: number) {
    this.#threshold = threshold;
    this.#versions = new Map(
      vocabulary.sources.flatMap((s) => (s.version === undefined ? [] : [[s.id, s.version]])),
    );
    for (const term of vocabulary.events) {
      this.#terms.set(term.code, term);
      this.#add(term.name, term, 0);
    }
    for (const { text, code, source } of vocabulary.eventNames) {
      const term = this.#terms.get(code);
      if (term) this.#add(text, term, source === 'own' ? 1 : 2);
    }
    for (const { domain, text, nearest } of vocabulary.refusals) {
      if (domain !== 'event') continue;
      const key = eventKey(text);
      this.#refused.set(key, nearest);
      for (const word of key.split(' ')) this.#known.add(word);
    }
  }

  #add(text: string, term: EventTerm, rank: number): void {
    const entry = { text, key: eventKey(text), term, rank };
    this.#entries.push(entry);
    append(this.#exact, fold(text), entry);
    append(this.#keys, entry.key, entry);
    for (const word of entry.key.split(' ')) this.#known.add(word);
  }

  link(text: string): EventLink {
    const mention = text.trim();
    if (mention === '' || mention.length > LONGEST_MENTION) return { kind: 'uncoded' };
    const exact = choose(this.#exact.get(fold(mention)));
    if (exact) return this.#linked(exact, 'exact', 1);
    const variants = eventKeyVariants(mention);
    for (const { key, score } of variants) {
      if (this.#refused.has(key)) return this.#refusal(key);
      const entries = this.#keys.get(key);
      if (!entries) continue;
      const entry = choose(entries);
      if (entry) return this.#linked(entry, 'normalised', score);
    }
    const finding = labFinding(mention);
    const entry = finding && choose(this.#keys.get(eventKey(finding)));
    if (entry) return this.#linked(entry, 'normalised', LAB_SCORE);
    return this.#fuzzy(variants.map((variant) => variant.key));
  }

  /** Candidates for a reader, best first, with why each stands there. */
  search(text: string, limit: number): SearchCandidate[] {
    const link = this.link(text);
    const found: SearchCandidate[] = [];
    const seen = new Set<string>();
    if (link.kind === 'event') {
      seen.add(link.concept.code);
      found.push({
        code: link.concept.code,
        display: link.concept.display,
        type: link.level,
        matchedTerm: link.matchedTerm,
        score: link.score,
        why: `linked: ${link.method}`,
      });
    }
    for (const { entry, cosine } of this.#nearest(eventKey(text))) {
      if (found.length >= limit) break;
      if (seen.has(entry.term.code)) continue;
      seen.add(entry.term.code);
      found.push({
        code: entry.term.code,
        display: entry.term.name,
        type: entry.term.level,
        matchedTerm: entry.text,
        score: Math.round(cosine * 1000) / 1000,
        why: 'similar: shares letters',
      });
    }
    return found;
  }

  #refusal(key: string): EventLink {
    const nearest = this.#refused.get(key);
    return nearest === undefined
      ? { kind: 'uncoded' }
      : { kind: 'uncoded', nearest: { term: nearest, score: 0 } };
  }

  /** Corrects misspelt words: every word of the mention must have its own word in the term. */
  #fuzzy(keys: readonly string[]): EventLink {
    const ranked = keys
      .flatMap((key) =>
        this.#nearest(key).map(({ entry }) => ({
          entry,
          score: alignWords(key, entry.key, this.#known),
        })),
      )
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score || a.entry.rank - b.entry.rank);
    const best = ranked[0];
    if (!best) {
      const [nearest] = this.#nearest(keys[0] ?? '');
      if (!nearest) return { kind: 'uncoded' };
      const score = Math.round(nearest.cosine * 1000) / 1000;
      return { kind: 'uncoded', nearest: { term: nearest.entry.text, score } };
    }
    const score = Math.round(best.score * 1000) / 1000;
    const rival = ranked.find(({ entry }) => meaning(entry.term) !== meaning(best.entry.term));
    const clear =
      score >= this.#threshold &&
      best.score - (rival?.score ?? 0) >= FUZZY_MARGIN &&
      !keys.some((key) => this.#refusedLike(key, best.score));
    return clear
      ? this.#linked(best.entry, 'fuzzy', score)
      : { kind: 'uncoded', nearest: { term: best.entry.text, score } };
  }

  /** A misspelt refusal stays refused. */
  #refusedLike(key: string, score: number): boolean {
    for (const refused of this.#refused.keys()) {
      if (alignWords(key, refused, this.#known) >= score) return true;
    }
    return false;
  }

  #nearest(key: string): { entry: EventEntry; cosine: number }[] {
    this.#similar ??= new TrigramIndex(this.#entries.map((entry) => entry.key));
    return this.#similar
      .nearest(key, FUZZY_CANDIDATES)
      .map(({ index, cosine }) => ({ entry: this.#entries[index] as EventEntry, cosine }));
  }

  #linked({ text, term }: EventEntry, method: LinkMethod, score: number): LinkedEvent {
    const preferred = term.ptCode === undefined ? undefined : this.#terms.get(term.ptCode);
    return {
      kind: 'event',
      concept: this.#coding(term),
      level: term.level,
      ...(preferred && { preferredTerm: this.#coding(preferred) }),
      ...(term.ptCode !== undefined && { preferredTermCode: term.ptCode }),
      ...(term.soc !== undefined && { systemOrganClass: term.soc }),
      method,
      score,
      matchedTerm: text,
    };
  }

  #coding(term: EventTerm): Coding {
    const version = this.#versions.get(term.source);
    return {
      system: MEDDRA_SYSTEM,
      ...(version !== undefined && { version }),
      code: term.code,
      display: term.name,
    };
  }
}

/** Terms of one preferred term mean the same to this decision. */
function meaning(term: EventTerm): string {
  return term.ptCode ?? term.code;
}

/** The surest entry; undefined where entries of the surest rank mean different terms. */
function choose(entries: readonly EventEntry[] | undefined): EventEntry | undefined {
  if (!entries || entries.length === 0) return undefined;
  const rank = Math.min(...entries.map((entry) => entry.rank));
  const surest = entries.filter((entry) => entry.rank === rank);
  return new Set(surest.map((entry) => meaning(entry.term))).size === 1 ? surest[0] : undefined;
}

function append<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
