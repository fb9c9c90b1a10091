import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { ExtractionError, messageOf } from './error.ts';
import type { Manifest } from './manifest.ts';
import type {
  EncodeResult,
  ReadResult,
  ReadTask,
  RelateTask,
  WorkerDescription,
  WorkerSettings,
} from './onnx-worker.ts';
import type { ProviderOption } from './providers.ts';

export interface WorkerPoolOptions {
  readonly modelDirectory: string;
  readonly manifest: Manifest;
  readonly provider: ProviderOption;
  /** Threads with a session each; the cores are shared out among them. */
  readonly workers: number;
  /** Tokens of the longest text that is read. */
  readonly maxTokens: number;
}

/** The worker is TypeScript that Node runs as it is, or JavaScript in a built package. */
const WORKER = new URL(
  `./onnx-worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`,
  import.meta.url,
).href;

/**
 * Threads that read documents with the model, one session each. A text that fails, or a thread that
 * dies, rejects its own call alone; a dead thread is replaced and the calls that wait go on.
 */
export class WorkerPool {
  readonly #pool: Piscina;
  readonly #maxTokens: number;
  /** Aborted when the pool is closed. */
  readonly #closing = new AbortController();
  /** What the threads are still at, whether or not anybody waits for it. */
  readonly #running = new Set<Promise<unknown>>();

  constructor(pool: Piscina, maxTokens: number) {
    this.#pool = pool;
    this.#maxTokens = maxTokens;
  }

  /**
   * Starts the threads.
   * @returns the pool and what its sessions run on
   * @throws ExtractionError when the model does not load
   */
  static async open(
    options: WorkerPoolOptions,
  ): Promise<{ pool: WorkerPool; description: WorkerDescription }> {
    const settings: WorkerSettings = {
      modelDirectory: options.modelDirectory,
      manifest: options.manifest,
      provider: options.provider,
      intraOpNumThreads: Math.max(1, Math.floor(availableParallelism() / options.workers)),
    };
    const piscina = new Piscina({
      filename: WORKER,
      workerData: settings,
      minThreads: options.workers,
      maxThreads: options.workers,
      // Waiting on a shared counter would keep a thread from hearing that it should end.
      atomics: 'disabled',
      recordTiming: false,
    });
    // A thread that dies between two calls: piscina starts another, nobody's call is lost.
    piscina.on('error', () => undefined);
    const pool = new WorkerPool(piscina, options.maxTokens);
    try {
      const description = (await piscina.run(undefined, { name: 'describe' })) as WorkerDescription;
      return { pool, description };
    } catch (error) {
      await pool.close();
      throw new ExtractionError(`the model cannot be loaded: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }

  /** The threads, for tests that end one. */
  get threads(): Piscina['threads'] {
    return this.#pool.threads;
  }

  /**
   * Reads one text.
   * @throws ExtractionError when the model cannot run on it, or its thread dies
   * @throws the signal's reason as soon as it is aborted; the thread stops at its next step
   */
  async read(text: string, signal?: AbortSignal): Promise<ReadResult> {
    signal?.throwIfAborted();
    const cancelled = new SharedArrayBuffer(4);
    const task: ReadTask = { text, maxTokens: this.#maxTokens, cancelled };
    const given = [this.#closing.signal, ...(signal ? [signal] : [])];
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const onAbort = (event: Event): void => {
      // Not piscina's own signal, which would end the thread and its session with it.
      Atomics.store(new Int32Array(cancelled), 0, 1);
      reject((event.target as AbortSignal).reason);
    };
    for (const each of given) each.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([this.#run<ReadResult>(task), aborted]);
    } finally {
      for (const each of given) each.removeEventListener('abort', onAbort);
    }
  }

  /** Raw scores of token ids: hidden states [n, width] and entity logits [n, labels]. */
  encode(ids: Int32Array): Promise<EncodeResult> {
    return this.#run<EncodeResult>(ids, 'encode');
  }

  /** Raw relation scores [others, drugs, 1 + relation types] over hidden states. */
  relate(task: RelateTask): Promise<Float32Array> {
    return this.#run<Float32Array>(task, 'relate');
  }

  async #run<Result>(task: unknown, name?: string): Promise<Result> {
    this.#closing.signal.throwIfAborted();
    const running = this.#pool.run(task, name === undefined ? {} : { name });
    this.#running.add(running);
    try {
      return (await running) as Result;
    } catch (error) {
      const message = messageOf(error);
      throw new ExtractionError(
        /worker exited|Terminating worker/i.test(message)
          ? 'the thread that read this text ended before it was done, as when memory runs out'
          : message,
        { cause: error },
      );
    } finally {
      this.#running.delete(running);
    }
  }

  /**
   * Ends the threads. Calls that are still running are rejected at once, but a graph that runs is
   * waited for: a thread that is ended inside the runtime takes the whole process with it
   * (onnxruntime-node 1.30: "terminate called after throwing an instance of 'Napi::Error'"). For the
   * same reason `process.exit` must wait for this.
   */
  async close(): Promise<void> {
    this.#closing.abort(new ExtractionError('the extractor is closed'));
    await Promise.allSettled(this.#running);
    await this.#pool.destroy();
  }
}
