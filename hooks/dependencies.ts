import type { HookName } from '../src/cds-hooks/context.ts';
import type { CdsHooksIssue } from '../src/cds-hooks/error.ts';
import type { ChartReader } from '../src/chart/chart.ts';
import type { Linker } from '../src/coding/coding.ts';
import type { FhirClient } from '../src/fhir/client.ts';

/** A card as it was given out, so that its feedback can be told apart when it comes. */
export interface IssuedCard {
  readonly cardUuid: string;
  /** What was suggested, by the uuid that comes back when it is accepted. */
  readonly suggestions: readonly { readonly uuid: string; readonly action: 'create' | 'delete' }[];
  /** The alert's key: the same news has the same key in the next call. */
  readonly alertKey: string;
  readonly hook: HookName;
  readonly serviceId: string;
  readonly server: string;
  readonly patientId: string;
  readonly userId: string;
}

/** Remembers which cards were given out, and which news was answered. */
export interface CardMemory {
  issued(cards: readonly IssuedCard[]): Promise<void>;
  /** Keys of alerts that this user, or anybody for this patient, has answered. */
  dismissed(of: {
    readonly server: string;
    readonly patientId: string;
    readonly userId: string;
  }): Promise<ReadonlySet<string>>;
}

/** Why there is no client for a request's `fhirServer`. */
export interface NoFhirAccess {
  readonly issue: CdsHooksIssue;
}

/** How one hook call came out, in numbers: for metrics and the log. */
export interface GuidanceObservation {
  readonly hook: HookName;
  readonly cards: readonly { readonly indicator: string }[];
  readonly documents: number;
  readonly pendingDocuments: number;
  readonly unreadableDocuments: number;
}

export interface HookDependencies {
  readonly chart: ChartReader;
  readonly linker: Linker;
  readonly memory: CardMemory;
  /**
   * A client for the request's server and token, or why there is none. It outlives the call by as
   * long as the notes take that were not read when the budget ended.
   */
  openFhir(of: {
    readonly fhirServer?: string;
    readonly accessToken?: string;
  }): FhirClient | NoFhirAccess;
  /** Findings below this confidence stay silent, 0–1. */
  readonly threshold: number;
  /** How long a call reads notes before it answers with what it has. */
  readonly budgetMs: number;
  /** How long the lists of the chart (allergies, adverse events) are waited for, retries included. */
  readonly factsTimeoutMs: number;
  /** The category of the document search; absent: every category. */
  readonly noteCategory?: string;
  readonly sourceUrl?: string;
  observe?(observation: GuidanceObservation): void;
  /** Told of what failed without failing the answer. */
  onWarning?(what: string, error: unknown): void;
  readonly now?: () => Date;
  readonly newUuid?: () => string;
}
