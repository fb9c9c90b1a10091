import type { EntityType } from './extraction.ts';

/** A run of tokens of one type; `end` is exclusive. */
export interface TokenSpan {
  readonly type: EntityType;
  readonly start: number;
  readonly end: number;
  /** 0–1: mean probability of its labels among the classes that may be predicted. */
  readonly confidence: number;
}

/** What the classes of the entity scores mean, and which may be predicted. */
export interface LabelScheme {
  /** Classes in the order of the scores: `O`, `B-<type>`, `I-<type>`. */
  readonly labels: readonly string[];
  readonly enabledEntityTypes: readonly EntityType[];
  /** Whether a `##` piece must go on with the label of the piece before it. */
  readonly continuationKeepsLabelOfWord: boolean;
}

/** What a forbidden step or class costs; the reference's value, so that ties fall alike. */
const FORBIDDEN = -1e9;

/**
 * Decodes entity scores into spans by Viterbi over BIO labels: `I-X` only after `B-X` or `I-X`; at a
 * `##` piece only `O` after `O` and `I-X` after `B-X` or `I-X`, so that a word has one label. Equal
 * to models/training/jnrf/decoding.py step for step (double precision, lowest class among equals).
 *
 * @param logits [n, labels], row by row
 * @param isContinuation whether token i is a `##` piece
 */
export function decodeEntities(
  logits: Float32Array,
  isContinuation: (token: number) => boolean,
  scheme: LabelScheme,
): TokenSpan[] {
  const scores = logProbabilities(logits, scheme);
  return spansOf(viterbi(scores, isContinuation, scheme), scores, scheme);
}

/** The best label of each token. @param scores [n, labels] log-probabilities */
export function viterbi(
  scores: Float64Array,
  isContinuation: (token: number) => boolean,
  scheme: LabelScheme,
): Int32Array {
  const classes = scheme.labels.length;
  const n = scores.length / classes;
  const labels = new Int32Array(n);
  if (n === 0) return labels;
  const anyWord = predecessors(scheme.labels, false);
  const sameWord = scheme.continuationKeepsLabelOfWord
    ? predecessors(scheme.labels, true)
    : anyWord;
  const pointers = new Uint8Array(n * classes);
  let best = new Float64Array(classes);
  let next = new Float64Array(classes);
  for (let to = 0; to < classes; to++) {
    best[to] = at(scores, to) + (isInside(scheme.labels[to]) ? FORBIDDEN : 0);
  }
  for (let token = 1; token < n; token++) {
    const allowed = isContinuation(token) ? sameWord : anyWord;
    for (let to = 0; to < classes; to++) {
      const costs = allowed[to] as Float64Array;
      let bestPath = Number.NEGATIVE_INFINITY;
      let from = 0;
      for (let source = 0; source < classes; source++) {
        const path = at(best, source) + at(costs, source);
        if (path > bestPath) {
          bestPath = path;
          from = source;
        }
      }
      pointers[token * classes + to] = from;
      next[to] = bestPath + at(scores, token * classes + to);
    }
    [best, next] = [next, best];
  }
  let label = best.indexOf(best.reduce((most, score) => Math.max(most, score)));
  for (let token = n - 1; token >= 0; token--) {
    labels[token] = label;
    label = pointers[token * classes + label] as number;
  }
  return labels;
}

/** Log-softmax over the classes of enabled types and `O`; others get {@link FORBIDDEN}. */
export function logProbabilities(logits: Float32Array, scheme: LabelScheme): Float64Array {
  const classes = scheme.labels.length;
  const enabled = scheme.labels.map(
    (label) => label === 'O' || scheme.enabledEntityTypes.some((type) => type === label.slice(2)),
  );
  const scores = new Float64Array(logits.length);
  for (let row = 0; row < logits.length; row += classes) {
    let top = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < classes; c++) {
      const score = enabled[c] ? (logits[row + c] as number) : FORBIDDEN;
      scores[row + c] = score;
      if (score > top) top = score;
    }
    let sum = 0;
    for (let c = 0; c < classes; c++) sum += Math.exp(at(scores, row + c) - top);
    const shift = top + Math.log(sum);
    for (let c = 0; c < classes; c++) scores[row + c] = at(scores, row + c) - shift;
  }
  return scores;
}

/** For each label: what a step to it costs from each label before it. */
function predecessors(labels: readonly string[], continuation: boolean): Float64Array[] {
  return labels.map((to) =>
    Float64Array.from(labels, (from) => {
      if (isInside(to)) return from.slice(2) === to.slice(2) ? 0 : FORBIDDEN;
      return continuation && !(to === 'O' && from === 'O') ? FORBIDDEN : 0;
    }),
  );
}

function spansOf(labels: Int32Array, scores: Float64Array, scheme: LabelScheme): TokenSpan[] {
  const spans: TokenSpan[] = [];
  const classes = scheme.labels.length;
  for (let token = 0; token < labels.length; ) {
    const label = scheme.labels[labels[token] as number] as string;
    const start = token;
    let sum = 0;
    do {
      sum += Math.exp(at(scores, token * classes + (labels[token] as number)));
      token += 1;
    } while (
      label !== 'O' &&
      token < labels.length &&
      scheme.labels[labels[token] as number] === `I-${label.slice(2)}`
    );
    if (label === 'O') continue;
    const type = label.slice(2) as EntityType;
    spans.push({ type, start, end: token, confidence: sum / (token - start) });
  }
  return spans;
}

function isInside(label: string | undefined): boolean {
  return label?.startsWith('I-') === true;
}

function at(values: Float64Array, index: number): number {
  return values[index] as number;
}
