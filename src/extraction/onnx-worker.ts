/**
 * Runs in a worker thread: one ONNX Runtime session for each graph, because a run blocks its thread
 * and two runs on one session wait for each other. Tensors are made here and stay here; what goes
 * back is small, or is moved and not copied.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { move, transferableSymbol, valueSymbol, workerData } from 'piscina';
import { decodeEntities, type TokenSpan } from './decode.ts';
import { ExtractionError } from './error.ts';
import type { Manifest } from './manifest.ts';
import { openWithProvider, type ProviderName, type ProviderOption } from './providers.ts';
import {
  decodeRelations,
  type RelationInputs,
  relationInputs,
  type SpanRelation,
} from './relations.ts';
import { WordPieceTokenizer } from './tokenizer.ts';

/** What each worker is started with. */
export interface WorkerSettings {
  readonly modelDirectory: string;
  readonly manifest: Manifest;
  readonly provider: ProviderOption;
  readonly intraOpNumThreads: number;
}

export interface ReadTask {
  readonly text: string;
  readonly maxTokens: number;
  /** One int32: not zero once nobody waits for the answer. Looked at between the steps. */
  readonly cancelled: SharedArrayBuffer;
}

export interface ReadEntity {
  readonly type: TokenSpan['type'];
  /** UTF-16 offsets into the text, half open. */
  readonly start: number;
  readonly end: number;
  readonly confidence: number;
}

/** What the model reads in a text, without ids and assertion. */
export interface ReadResult {
  readonly tokens: number;
  readonly entities: readonly ReadEntity[];
  /** `head` and `tail` are places in `entities`. */
  readonly relations: readonly SpanRelation[];
}

export interface EncodeResult {
  /** [n, width] */
  readonly hidden: Float32Array;
  /** [n, labels] */
  readonly logits: Float32Array;
}

export interface RelateTask extends RelationInputs {
  readonly hidden: Float32Array;
}

export interface WorkerDescription {
  readonly provider: ProviderName;
  readonly note?: string;
}

/** Pairs that the relation graph scores in one run; each takes about a kilobyte for a moment. */
const PAIRS_PER_RUN = 1 << 15;

const settings = workerData as WorkerSettings;
const { manifest, modelDirectory } = settings;
const tokenizer = WordPieceTokenizer.fromVocabularyFile(
  readFileSync(join(modelDirectory, 'vocab.txt'), 'utf8'),
);
const opened = await openWithProvider(settings.provider, async (executionProviders) => {
  const options: InferenceSession.SessionOptions = {
    ...(executionProviders && { executionProviders }),
    intraOpNumThreads: settings.intraOpNumThreads,
    graphOptimizationLevel: 'all',
    // Every document has another length: a memory plan by shape would only pile up.
    enableMemPattern: false,
    // An error is thrown with its message; the runtime need not print it too.
    logSeverityLevel: 4,
    // Threads that wait for work must not take the cores from the service.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
  const open = (name: string) => InferenceSession.create(join(modelDirectory, name), options);
  return { encoder: await open('encoder.onnx'), relations: await open('relations.onnx') };
});
const sessions = opened.value;

/** Which provider this worker got. */
export function describe(): WorkerDescription {
  const { provider, note } = opened;
  return { provider, ...(note !== undefined && { note }) };
}

/** Text → entities and relations, the whole document at once. */
export default async function read(task: ReadTask): Promise<ReadResult> {
  const cancelled = new Int32Array(task.cancelled);
  const nothing: ReadResult = { tokens: 0, entities: [], relations: [] };
  if (Atomics.load(cancelled, 0) !== 0) return nothing;
  const tokens = tokenizer.encode(task.text);
  const length = tokens.ids.length;
  if (length === 0) return nothing;
  if (length > task.maxTokens) {
    throw new ExtractionError(
      `the text has ${length} tokens, more than maxTokens (${task.maxTokens}); ` +
        'raise it where memory allows (about 30 kB a token), or leave this document out',
    );
  }
  const { hidden, logits } = await runEncoder(tokens.ids);
  if (Atomics.load(cancelled, 0) !== 0) return nothing;
  const isContinuation = (token: number) => tokenizer.isContinuation(tokens.ids[token] as number);
  const spans = decodeEntities(logits.data as Float32Array, isContinuation, {
    labels: manifest.labels,
    enabledEntityTypes: manifest.enabledEntityTypes,
    ...manifest.decoding,
  });
  const relations: SpanRelation[] = [];
  const inputs = relationInputs(spans, manifest.entityTypes);
  const rows = Math.max(1, Math.floor(PAIRS_PER_RUN / Math.max(1, inputs.drugs.length)));
  for (let from = 0; from < inputs.others.length && inputs.drugs.length > 0; from += rows) {
    if (Atomics.load(cancelled, 0) !== 0) return nothing;
    const others = inputs.others.slice(from, from + rows);
    const scores = await runRelations(hidden, { ...inputs, others });
    relations.push(
      ...decodeRelations(scores, spans, others, inputs.drugs, {
        entityTypes: manifest.entityTypes,
        relationTypes: manifest.relationTypes,
        ...manifest.decoding,
      }),
    );
  }
  const entities = spans.map(({ type, start, end, confidence }) => ({
    type,
    start: tokens.starts[start] as number,
    end: tokens.ends[end - 1] as number,
    confidence,
  }));
  return { tokens: length, entities, relations };
}

/** Raw scores of token ids, moved to the caller: for tests and measurements. */
export async function encode(ids: Int32Array): Promise<unknown> {
  const { hidden, logits } = await runEncoder(ids);
  const result: EncodeResult = {
    hidden: hidden.data as Float32Array,
    logits: logits.data as Float32Array,
  };
  return moved(result);
}

/** Raw relation scores [others, drugs, 1 + relation types], moved to the caller. */
export async function relate(task: RelateTask): Promise<unknown> {
  const width = task.hidden.length === 0 ? 0 : manifest.width;
  const hidden = new Tensor('float32', task.hidden, [task.hidden.length / width, width]);
  const scores = await runRelations(hidden, task);
  return move(scores);
}

async function runEncoder(ids: Int32Array): Promise<{ hidden: Tensor; logits: Tensor }> {
  const input = BigInt64Array.from(ids, (id) => BigInt(id));
  const output = await sessions.encoder.run({
    input_ids: new Tensor('int64', input, [input.length]),
  });
  return { hidden: output.hidden as Tensor, logits: output.entity_logits as Tensor };
}

async function runRelations(hidden: Tensor, inputs: RelationInputs): Promise<Float32Array> {
  const list = (values: BigInt64Array) => new Tensor('int64', values, [values.length]);
  const indices = (values: readonly number[]) =>
    list(BigInt64Array.from(values, (value) => BigInt(value)));
  const output = await sessions.relations.run({
    hidden,
    span_starts: list(inputs.starts),
    span_ends: list(inputs.ends),
    span_types: list(inputs.types),
    drug_index: indices(inputs.drugs),
    other_index: indices(inputs.others),
  });
  return (output.relation_logits as Tensor).data as Float32Array;
}

/** Marks an object so that its buffers change hands and are not copied. */
function moved(result: EncodeResult): unknown {
  return move({
    get [transferableSymbol]() {
      return [result.hidden.buffer, result.logits.buffer];
    },
    get [valueSymbol]() {
      return result;
    },
  });
}
