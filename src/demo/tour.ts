import type { Card } from '../cds-hooks/card.ts';
import type { Ehr, HookAnswer } from './ehr.ts';
import type { SamplePatient } from './load-sample-chart.ts';
import { type DemoOrder, demoOrder, draftOrder } from './orders.ts';
import {
  EXPECTED_CARDS,
  EXPECTED_SILENCES,
  type ExpectedCard,
  type ExpectedSilence,
} from './sample-chart/expected.ts';

/** How long to go on asking until the notes of a patient are read. */
const READING_LIMIT_MS = 120_000;
const READING_PAUSE_MS = 50;

/** The chart is opened: patient-view, first while the notes are unread, then with all of them read. */
export interface ChartStep {
  readonly kind: 'chart';
  readonly patient: SamplePatient;
  readonly cold: HookAnswer;
  readonly coldPendingDocuments: number;
  readonly warm: HookAnswer;
  /** From the first call until the notes were read. */
  readonly readingMs: number;
}

interface OrderStep {
  readonly patient: SamplePatient;
  readonly order: DemoOrder;
  readonly select: HookAnswer;
  readonly sign: HookAnswer;
}

/** An order that a card is due on. */
export interface CardStep extends OrderStep {
  readonly kind: 'card';
  readonly expected: ExpectedCard;
  /** The card of order-sign that names the event; absent: missed. */
  readonly card: Card | undefined;
}

/** An order on which the notes hold a trap: no card is due. */
export interface SilenceStep extends OrderStep {
  readonly kind: 'silence';
  readonly expected: ExpectedSilence;
}

export type TourStep = ChartStep | CardStep | SilenceStep;

/**
 * Goes through the sample chart as a clinician at an EHR would: opens each chart, then drafts and
 * signs the orders of `expected.ts`.
 *
 * @throws Error when a call fails, or when notes are still unread after two minutes
 */
export async function* runTour(
  ehr: Ehr,
  chart: readonly SamplePatient[],
): AsyncGenerator<TourStep, void> {
  for (const patient of chart) {
    yield await openChart(ehr, patient);
    for (const expected of EXPECTED_CARDS.filter((one) => one.patient === patient.id)) {
      const step = await placeOrder(ehr, patient, expected.order);
      const card = step.sign.cards.find((one) => namesEvent(one, expected.event));
      yield { kind: 'card', ...step, expected, card };
    }
    for (const expected of EXPECTED_SILENCES.filter((one) => one.patient === patient.id)) {
      yield { kind: 'silence', ...(await placeOrder(ehr, patient, expected.order)), expected };
    }
  }
}

async function openChart(ehr: Ehr, patient: SamplePatient): Promise<ChartStep> {
  const started = performance.now();
  let pendingBefore = await ehr.pendingDocuments();
  const view = async () => {
    const answer = await ehr.patientView(patient.id);
    const pendingAfter = await ehr.pendingDocuments();
    const pending = pendingAfter - pendingBefore;
    pendingBefore = pendingAfter;
    return { answer, pending };
  };
  const cold = await view();
  let last = cold;
  while (last.pending > 0) {
    if (performance.now() - started > READING_LIMIT_MS) {
      throw new Error(`${last.pending} notes of ${patient.id} are still unread after two minutes`);
    }
    await new Promise((resolve) => setTimeout(resolve, READING_PAUSE_MS));
    last = await view();
  }
  const readingMs = performance.now() - started;
  // The call that found every note read may have waited for the last of them.
  const warm = await view();
  return {
    kind: 'chart',
    patient,
    cold: cold.answer,
    coldPendingDocuments: cold.pending,
    warm: warm.answer,
    readingMs,
  };
}

async function placeOrder(ehr: Ehr, patient: SamplePatient, key: string): Promise<OrderStep> {
  const order = demoOrder(key);
  const drafts = [draftOrder(order, patient.id, 'draft-1')];
  const select = await ehr.orderSelect(patient.id, drafts);
  const sign = await ehr.orderSign(patient.id, drafts);
  return { patient, order, select, sign };
}

/** Whether summary or detail of a card have one of the words; case and Markdown marks aside. */
function namesEvent(card: Card, words: readonly string[]): boolean {
  const text = `${card.summary}\n${card.detail ?? ''}`.replace(/[\\*]/g, '').toLowerCase();
  return words.some((word) => text.includes(word));
}

/** How the tour came out, over all orders. */
export interface TourScore {
  readonly found: number;
  readonly missed: readonly CardStep[];
  readonly silent: number;
  /** Traps that a card was shown on. */
  readonly spoke: readonly SilenceStep[];
}

export function scoreTour(steps: readonly TourStep[]): TourScore {
  const cards = steps.filter((step) => step.kind === 'card');
  const silences = steps.filter((step) => step.kind === 'silence');
  const missed = cards.filter(({ card }) => !card);
  const spoke = silences.filter(({ sign, select }) => sign.cards.length + select.cards.length > 0);
  return {
    found: cards.length - missed.length,
    missed,
    silent: silences.length - spoke.length,
    spoke,
  };
}
