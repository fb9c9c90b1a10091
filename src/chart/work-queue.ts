/** A piece of work that waits or runs. Never rejects: what goes wrong is part of its outcome. */
export interface Work {
  readonly run: () => Promise<void>;
  /** Looked at each time that a place is free: the lowest goes first, the longest waiting among equals. */
  readonly rank: () => number;
}

/** Runs work with a bound on how much at once. */
export class WorkQueue {
  readonly #concurrency: number;
  readonly #waiting: Work[] = [];
  #running = 0;

  constructor(concurrency: number) {
    this.#concurrency = Math.max(1, concurrency);
  }

  add(work: Work): void {
    this.#waiting.push(work);
    this.#start();
  }

  /** @returns whether it was still waiting; it will not be run then */
  remove(work: Work): boolean {
    const index = this.#waiting.indexOf(work);
    if (index >= 0) this.#waiting.splice(index, 1);
    return index >= 0;
  }

  #start(): void {
    while (this.#running < this.#concurrency && this.#waiting.length > 0) {
      const next = this.#takeNext();
      if (!next) return;
      this.#running++;
      void next.run().finally(() => {
        this.#running--;
        this.#start();
      });
    }
  }

  #takeNext(): Work | undefined {
    let best = 0;
    let lowest = Number.POSITIVE_INFINITY;
    for (const [index, work] of this.#waiting.entries()) {
      const rank = work.rank();
      if (rank < lowest) [best, lowest] = [index, rank];
    }
    return this.#waiting.splice(best, 1)[0];
  }
}
