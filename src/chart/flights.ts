import type { DocumentReference } from 'fhir/r4.js';
import type { ReadingKey } from '../database/findings-store.ts';
import type { FhirClient } from '../fhir/client.ts';
import { type Outcome, type ReadingParts, readDocument } from './reading.ts';
import { type Work, WorkQueue } from './work-queue.ts';

/**
 * One call's reading, from the call to the end of what it left in the background. It alone holds the
 * call's client, and with it the token.
 */
export class Run {
  readonly patientId: string;
  readonly #controller = new AbortController();
  #client: FhirClient | undefined;
  #waitedFor = true;
  #timer: NodeJS.Timeout | undefined;

  constructor(client: FhirClient, patientId: string) {
    this.#client = client;
    this.patientId = patientId;
  }

  /** Undefined when the run has ended. */
  get client(): FhirClient | undefined {
    return this.#client;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether somebody waits for the answer. */
  get waitedFor(): boolean {
    return this.#waitedFor;
  }

  /** Nobody waits any more; after `limitMs` what is not read is dropped. */
  toBackground(limitMs: number): void {
    this.#waitedFor = false;
    if (this.signal.aborted) return;
    this.#timer = setTimeout(() => this.end(), limitMs);
    this.#timer.unref();
  }

  /** Lets the client go and ends what is being read with it. */
  end(): void {
    clearTimeout(this.#timer);
    this.#client = undefined;
    this.#controller.abort();
  }
}

interface Flight {
  /** Whose client reads. */
  readonly owner: Run;
  /** Every call that waits for it. */
  readonly runs: Set<Run>;
  readonly outcome: Promise<Outcome>;
}

/** Readings under way: one for a document version, however many calls ask for it. */
export class Flights {
  readonly #parts: ReadingParts;
  readonly #queue: WorkQueue;
  readonly #flights = new Map<string, Flight>();

  constructor(parts: ReadingParts, concurrency: number) {
    this.#parts = parts;
    this.#queue = new WorkQueue(concurrency);
  }

  /** Reads a document for a run, or waits for the reading that is under way. Never rejects. */
  async read(run: Run, document: DocumentReference, key: ReadingKey): Promise<Outcome> {
    const name = JSON.stringify(key);
    for (;;) {
      if (run.signal.aborted) return { state: 'abandoned' };
      const flight = this.#flights.get(name) ?? this.#start(name, run, document, key);
      flight.runs.add(run);
      const outcome = await Promise.race([flight.outcome, ended(run)]);
      // Another's run may have ended, or its token may not have been good enough for this note.
      const failedForOther =
        outcome.state === 'abandoned' || (outcome.state === 'unreadable' && !outcome.permanent);
      if (flight.owner === run || !failedForOther) return outcome;
    }
  }

  /** Resolves when nothing is being read. */
  async idle(): Promise<void> {
    while (this.#flights.size > 0) {
      await Promise.all([...this.#flights.values()].map(({ outcome }) => outcome));
    }
  }

  #start(name: string, owner: Run, document: DocumentReference, key: ReadingKey): Flight {
    const runs = new Set([owner]);
    const outcome = new Promise<Outcome>((resolve) => {
      const land = (result: Outcome): void => {
        owner.signal.removeEventListener('abort', drop);
        this.#flights.delete(name);
        resolve(result);
      };
      const work: Work = {
        rank: () => ([...runs].some(({ waitedFor }) => waitedFor) ? 0 : 1),
        run: async () => {
          const { client, patientId, signal } = owner;
          if (!client) return land({ state: 'abandoned' });
          land(await readDocument(this.#parts, { client, document, patientId, key, signal }));
        },
      };
      const drop = (): void => {
        if (this.#queue.remove(work)) land({ state: 'abandoned' });
      };
      owner.signal.addEventListener('abort', drop, { once: true });
      // Not before the flight is in the map: short work would land before it took off.
      queueMicrotask(() => this.#queue.add(work));
    });
    const flight = { owner, runs, outcome };
    this.#flights.set(name, flight);
    return flight;
  }
}

function ended({ signal }: Run): Promise<Outcome> {
  return new Promise((resolve) => {
    const end = (): void => resolve({ state: 'abandoned' });
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}
