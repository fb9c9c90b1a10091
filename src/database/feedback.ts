/** A card as it was given out. */
export interface CardRecord {
  readonly cardUuid: string;
  /** What was suggested, by the uuid that comes back when it is accepted. */
  readonly suggestions: readonly { readonly uuid: string; readonly action: 'create' | 'delete' }[];
  readonly alertKey: string;
  readonly hook: string;
  readonly serviceId: string;
  readonly server: string;
  readonly patientId: string;
  readonly userId: string;
}

/** What a CDS client sends: https://cds-hooks.hl7.org/2.0/#feedback */
export type FeedbackRecord = {
  /** `card.uuid`. */
  readonly card: string;
  readonly outcomeTimestamp: string;
} & (
  | {
      readonly outcome: 'accepted';
      readonly acceptedSuggestions: readonly { readonly id: string }[];
    }
  | {
      readonly outcome: 'overridden';
      readonly overrideReason?: {
        readonly reason?: { readonly code: string; readonly system?: string };
        readonly userComment?: string;
      };
    }
);

/** How a batch of feedback came in, in numbers. */
export interface FeedbackReceipt {
  readonly stored: number;
  /** Sent before: nothing changes. */
  readonly repeated: number;
  /** For cards that were not given out here, or no longer known: kept, without effect. */
  readonly unknownCards: number;
}

/** Remembers cards and answers, so that what was answered is not said again. */
export interface FeedbackStore {
  issued(cards: readonly CardRecord[]): Promise<void>;
  /** Keeps what came; repeats and late arrivals are to be expected. All of a batch, or nothing. */
  received(serviceId: string, feedback: readonly FeedbackRecord[]): Promise<FeedbackReceipt>;
  /** Keys of alerts that this user, or anybody for this patient, has answered. */
  dismissed(of: {
    readonly server: string;
    readonly patientId: string;
    readonly userId: string;
  }): Promise<ReadonlySet<string>>;
  /** Deletes a patient's cards, their feedback and dismissals. @returns rows deleted */
  erasePatient(server: string, patientId: string): Promise<number>;
}
