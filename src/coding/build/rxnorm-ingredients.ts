/** An RxNorm concept before its ingredients are known. */
export interface RawConcept {
  readonly code: string;
  readonly termType: string;
  readonly name: string;
}

/** `subject relation object`, read left to right: `SBD tradename_of SCD`. */
export interface RawRelation {
  readonly subject: string;
  readonly relation: string;
  readonly object: string;
}

/**
 * Resolves concepts of every term type to their ingredients (IN).
 *
 * A clinical drug's own name lists all its components, where the relations of a partial release may
 * lack some; so names are read first and relations fill in what a name does not tell. Brands take
 * the ingredients of their branded drugs: in a partial release `BN tradename_of IN` also names the
 * ingredients of other products.
 * https://www.nlm.nih.gov/research/umls/rxnorm/docs/techdoc.html
 */
export class IngredientResolver {
  readonly #concepts = new Map<string, RawConcept>();
  readonly #relations = new Map<string, RawRelation[]>();
  /** Folded names of IN and PIN. */
  readonly #byName = new Map<string, string>();
  readonly #branded = new Map<string, string[]>();
  readonly #known = new Map<string, readonly string[]>();

  constructor(concepts: readonly RawConcept[], relations: readonly RawRelation[]) {
    for (const concept of concepts) this.#concepts.set(concept.code, concept);
    for (const relation of relations) {
      append(this.#relations, relation.subject, relation);
      if (relation.relation === 'has_ingredient' && this.#typeOf(relation.subject) === 'SBD') {
        append(this.#branded, relation.object, relation.subject);
      }
    }
    // IN after PIN, so that an ingredient wins where both carry the name.
    for (const termType of ['PIN', 'IN']) {
      for (const concept of concepts) {
        if (concept.termType === termType) {
          this.#byName.set(concept.name.toLowerCase(), concept.code);
        }
      }
    }
  }

  /** Sorted RxCUIs of the ingredients; empty when the tables do not tell. */
  ingredientsOf(code: string): readonly string[] {
    const known = this.#known.get(code);
    if (known) return known;
    // Cycles in a broken release end here.
    this.#known.set(code, []);
    const ingredients = [...new Set(this.#resolve(code))].sort(byNumber);
    this.#known.set(code, ingredients);
    return ingredients;
  }

  #resolve(code: string): readonly string[] {
    const concept = this.#concepts.get(code);
    switch (concept?.termType) {
      case 'IN':
        return [code];
      case 'PIN':
        return this.#through(code, 'form_of');
      case 'MIN':
        return this.#fromName(concept.name) ?? this.#through(code, 'has_part');
      case 'SCDC':
        return (
          this.#fromName(concept.name) ??
          nonEmpty(this.#through(code, 'has_ingredient')) ??
          this.#through(code, 'has_precise_ingredient')
        );
      case 'SCD':
        return this.#fromName(concept.name) ?? this.#through(code, 'consists_of');
      case 'SBD':
        return this.#fromName(concept.name) ?? this.#through(code, 'tradename_of');
      case 'BN':
        return this.#ofBrand(code);
      default:
        return [];
    }
  }

  #through(code: string, relation: string): string[] {
    return (this.#relations.get(code) ?? [])
      .filter((candidate) => candidate.relation === relation)
      .flatMap((candidate) => this.ingredientsOf(candidate.object));
  }

  #ofBrand(code: string): readonly string[] {
    const branded = this.#branded.get(code) ?? [];
    const direct = (this.#relations.get(code) ?? []).filter((r) => r.relation === 'tradename_of');
    if (branded.length === 0) {
      // Without branded drugs only a single ingredient is beyond doubt.
      return direct.length === 1 ? this.#through(code, 'tradename_of') : [];
    }
    return branded.flatMap((drug) => this.ingredientsOf(drug));
  }

  /** Undefined unless every component of the name is the name of an ingredient. */
  #fromName(name: string): string[] | undefined {
    const parts = name.replace(/ \[[^\]]*\]$/, '').split(' / ');
    const codes = parts.map((part) => this.#byName.get(ingredientName(part)));
    if (codes.some((code) => code === undefined)) return undefined;
    return codes.flatMap((code) => this.ingredientsOf(code as string));
  }

  #typeOf(code: string): string | undefined {
    return this.#concepts.get(code)?.termType;
  }
}

/** `8 ML aflibercept 25 MG/ML Injection` → `aflibercept`; a name without strength stays as it is. */
export function ingredientName(component: string): string {
  return component
    .replace(/^(?:\d[\d.,]* (?:ML|HR|MG|ACTUAT|CELLS|UNT) )+/, '')
    .replace(
      / \d[\d.,]*(?:-\d[\d.,]*)? (?:MG|MCG|UG|NG|GM|UNT|MEQ|MMOL|ML|MCI|BAU|AU|PNU|CELLS|ACTUAT|PFU|SQCM|IR|%)(?:[/ ].*)?$/,
      '',
    )
    .toLowerCase();
}

function nonEmpty(list: string[]): string[] | undefined {
  return list.length > 0 ? list : undefined;
}

/** Orders codes by their (first) number: `9`, `10`, `10+20`. */
export function byNumber(a: string, b: string): number {
  return Number.parseInt(a, 10) - Number.parseInt(b, 10) || (a < b ? -1 : a > b ? 1 : 0);
}

function append<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
