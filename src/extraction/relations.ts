import type { TokenSpan } from './decode.ts';
import type { EntityType, RelationType } from './extraction.ts';

/** What the relation graph is asked: only what was found as an entity, others against drugs. */
export interface RelationInputs {
  /** First token of each span. */
  readonly starts: BigInt64Array;
  /** Token after each span's last. */
  readonly ends: BigInt64Array;
  /** Index of each span's type in the manifest's `entityTypes`. */
  readonly types: BigInt64Array;
  /** Spans that are drugs. */
  readonly drugs: readonly number[];
  /** Spans that are anything else. */
  readonly others: readonly number[];
}

export interface RelationScheme {
  readonly entityTypes: readonly EntityType[];
  readonly relationTypes: readonly RelationType[];
  readonly relationThreshold: number;
  readonly adeRelationThreshold: number;
}

/** A relation between two spans, by their place in the list of spans. */
export interface SpanRelation {
  readonly type: RelationType;
  readonly head: number;
  readonly tail: number;
  /** 0–1. */
  readonly confidence: number;
}

/** Selective pooling: the relation head sees |others| × |drugs| pairs of spans and nothing else. */
export function relationInputs(
  spans: readonly TokenSpan[],
  entityTypes: readonly EntityType[],
): RelationInputs {
  const drugs: number[] = [];
  const others: number[] = [];
  for (const [index, span] of spans.entries()) {
    if (span.type === 'Drug') drugs.push(index);
    else others.push(index);
  }
  return {
    starts: BigInt64Array.from(spans, (span) => BigInt(span.start)),
    ends: BigInt64Array.from(spans, (span) => BigInt(span.end)),
    types: BigInt64Array.from(spans, (span) => BigInt(entityTypes.indexOf(span.type))),
    drugs,
    others,
  };
}

/**
 * Relation scores to relations. The type of the other entity leaves one class beside none, so its
 * probability is `sigmoid(logit[class] − logit[none])`. A relation is kept where it reaches the
 * threshold of its type: a reason, an event or a strength may belong to several drugs of a list.
 *
 * @param logits [others, drugs, 1 + relationTypes], row by row
 * @param others spans that the rows of `logits` stand for
 */
export function decodeRelations(
  logits: Float32Array,
  spans: readonly TokenSpan[],
  others: readonly number[],
  drugs: readonly number[],
  scheme: RelationScheme,
): SpanRelation[] {
  const classes = 1 + scheme.relationTypes.length;
  const relations: SpanRelation[] = [];
  for (const [row, head] of others.entries()) {
    const type = `${spans[head]?.type}-Drug` as RelationType;
    const chosen = 1 + scheme.relationTypes.indexOf(type);
    const threshold = type === 'ADE-Drug' ? scheme.adeRelationThreshold : scheme.relationThreshold;
    for (const [column, tail] of drugs.entries()) {
      const base = (row * drugs.length + column) * classes;
      const odds = (logits[base + chosen] as number) - (logits[base] as number);
      const confidence = 1 / (1 + Math.exp(-odds));
      if (confidence >= threshold) relations.push({ type, head, tail, confidence });
    }
  }
  return relations;
}
