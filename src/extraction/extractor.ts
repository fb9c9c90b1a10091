import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { NoteLayout } from '../notes/note.ts';
import { assertionOf } from './assertion/assertion.ts';
import { ExtractionError } from './error.ts';
import type { Entity, Extraction, Extractor, Relation } from './extraction.ts';
import { type Manifest, openModelDirectory } from './manifest.ts';
import type { ReadResult } from './onnx-worker.ts';
import { PROVIDER_OPTIONS, type ProviderOption } from './providers.ts';
import { WorkerPool } from './worker-pool.ts';

export interface ExtractorOptions {
  /** Directory with manifest.json, the graphs and vocab.txt; models/jnrf of this package if not given. */
  readonly modelDirectory?: string;
  /** Execution provider; `auto` (CUDA where it loads, else the CPU) if not given. */
  readonly provider?: ProviderOption;
  /** Threads with a session each, which share the cores; one for each core and at most four if not given. */
  readonly workers?: number;
  /** Tokens of the longest text that is read; 65,536 if not given. Memory is about 30 kB for each. */
  readonly maxTokens?: number;
  /** Gives up opening. */
  readonly signal?: AbortSignal;
}

/** The model that is shipped with the package. */
export const DEFAULT_MODEL_DIRECTORY = fileURLToPath(new URL('../../models/jnrf', import.meta.url));
const DEFAULT_MAX_TOKENS = 65_536;

/** An {@link Extractor} that also tells the confidence from which its finding is worth a card. */
export interface JnrfExtractor extends Extractor {
  readonly manifest: Manifest;
  /** Threads that read at the same time. */
  readonly workers: number;
}

/**
 * Opens the model: checks its files against the manifest, starts the threads, loads the graphs.
 * @throws ExtractionError when the directory, a file or the provider does not do; it says which
 */
export async function createExtractor(options: ExtractorOptions = {}): Promise<JnrfExtractor> {
  const {
    modelDirectory = DEFAULT_MODEL_DIRECTORY,
    provider = 'auto',
    workers = Math.min(4, availableParallelism()),
    maxTokens = DEFAULT_MAX_TOKENS,
    signal,
  } = options;
  if (!PROVIDER_OPTIONS.includes(provider)) {
    throw new ExtractionError(
      `provider '${provider}' is unknown; it can be ${PROVIDER_OPTIONS.join(', ')}`,
    );
  }
  if (!Number.isInteger(workers) || workers < 1) {
    throw new ExtractionError(`workers must be a whole number from 1 on, it is ${workers}`);
  }
  signal?.throwIfAborted();
  const manifest = await openModelDirectory(modelDirectory);
  signal?.throwIfAborted();
  // The official builds report the use of models to Microsoft unless told not to (since 1.29,
  // https://github.com/microsoft/onnxruntime/pull/27379). Read when the library starts.
  process.env.ORT_DISABLE_TELEMETRY ??= '1';
  // TensorFloat-32 keeps ten bits of a fraction: scores would leave the 1e-4 that ONNX and PyTorch
  // agree to. cuBLAS reads this when it is loaded, and there is no option of the binding for it.
  if (provider !== 'cpu') process.env.NVIDIA_TF32_OVERRIDE ??= '0';
  const { pool, description } = await WorkerPool.open({
    modelDirectory,
    manifest,
    provider,
    workers,
    maxTokens,
  });
  if (signal?.aborted) {
    await pool.close();
    throw signal.reason;
  }
  return {
    modelId: manifest.modelId,
    manifest,
    workers,
    provider: {
      name: description.provider,
      ...(description.note !== undefined && { note: description.note }),
    },
    async extract(text, layout, { signal: callSignal } = {}) {
      if (text.trim() === '') return { modelId: manifest.modelId, entities: [], relations: [] };
      return toExtraction(manifest.modelId, text, layout, await pool.read(text, callSignal));
    },
    close: () => pool.close(),
  };
}

/** Gives entities their ids, text and assertion. Pure. */
export function toExtraction(
  modelId: string,
  text: string,
  layout: NoteLayout,
  read: ReadResult,
): Extraction {
  const drugsOf = new Map<number, number[]>();
  for (const { head, tail } of read.relations) {
    const drugs = drugsOf.get(head);
    if (drugs) drugs.push(tail);
    else drugsOf.set(head, [tail]);
  }
  const id = (index: number): string => `T${index + 1}`;
  const entities = read.entities.map((entity, index): Entity => {
    const { type, start, end, confidence } = entity;
    const plain = { id: id(index), type, start, end, text: text.slice(start, end), confidence };
    if (type !== 'ADE') return plain;
    const drugs = (drugsOf.get(index) ?? []).flatMap((drug) => read.entities[drug] ?? []);
    const { assertion, cue } = assertionOf(text, layout, entity, drugs);
    return { ...plain, assertion, ...(cue && { assertionCue: cue }) };
  });
  const relations = read.relations.map(
    ({ type, head, tail, confidence }): Relation => ({
      type,
      head: id(head),
      tail: id(tail),
      confidence,
    }),
  );
  return { modelId, entities, relations };
}
