import type { MedicationRequest } from 'fhir/r4.js';
import { RXNORM_SYSTEM } from '../coding/coding.ts';
import { createEhr } from '../demo/ehr.ts';
import { sampleFhirEndpoint } from '../demo/fhir-endpoint.ts';
import { loadSampleChart, type SampleNote, type SamplePatient } from '../demo/load-sample-chart.ts';
import { DEMO_ORDERS } from '../demo/orders.ts';
import { type Configuration, readConfiguration } from '../server/configuration.ts';
import { startVigilnote } from '../server/start.ts';

/** Words that a note of the measured chart has at least: an ordinary progress note. */
const WORDS_PER_NOTE = 600;
/** Long enough that every note is read before the answer. */
const UNLIMITED_MS = 600_000;
const PATIENT_ID = 'bench';

export interface HookBench {
  readonly notes: number;
  readonly words: number;
  readonly provider: string;
  readonly workers: number;
  readonly budgetMs: number;
  /** First call on a chart that was never read: what is there when the budget ends. */
  readonly coldFirstAnswerMs: number;
  /** The same with time enough: every note read. */
  readonly coldCompleteMs: number;
  readonly warmCalls: number;
  readonly warmMedianMs: number;
  readonly warmP99Ms: number;
  readonly cards: number;
}

/**
 * Times order-sign over one chart through a real HTTP server, which gets the notes from a FHIR
 * endpoint over HTTP: cold (nothing read before) and warm (every note known).
 *
 * @param options.notes documents of the chart
 * @param options.warmCalls calls, one after another, that the warm times are of
 */
export async function benchHooks(options: {
  readonly notes: number;
  readonly warmCalls: number;
}): Promise<HookBench> {
  const patient = benchPatient(options.notes);
  const configuration: Configuration = {
    ...readConfiguration(),
    port: 0,
    host: '127.0.0.1',
    database: 'memory:',
    fhirServers: 'any',
    logLevel: 'silent',
  };
  const first = await measured(configuration, patient, async (call) => (await call()).elapsedMs);
  return measured({ ...configuration, budgetMs: UNLIMITED_MS }, patient, async (call, provider) => {
    const cold = await call();
    const warm: number[] = [];
    for (let count = 0; count < options.warmCalls; count++) warm.push((await call()).elapsedMs);
    warm.sort((a, b) => a - b);
    return {
      notes: options.notes,
      words: patient.notes.reduce((sum, { bytes }) => sum + words(bytes), 0),
      provider,
      workers: configuration.workers,
      budgetMs: configuration.budgetMs,
      coldFirstAnswerMs: first,
      coldCompleteMs: cold.elapsedMs,
      warmCalls: warm.length,
      warmMedianMs: quantile(warm, 0.5),
      warmP99Ms: quantile(warm, 0.99),
      cards: cold.cards.length,
    };
  });
}

type Call = () => ReturnType<ReturnType<typeof createEhr>['orderSign']>;

/** Starts a service that has read nothing, with the chart's endpoint beside it, and ends it again. */
async function measured<Result>(
  configuration: Configuration,
  patient: SamplePatient,
  measure: (call: Call, provider: string) => Promise<Result>,
): Promise<Result> {
  const vigilnote = await startVigilnote(configuration, {
    mount: (application) => application.use('/bench/fhir', sampleFhirEndpoint([patient])),
  });
  try {
    const ehr = createEhr({
      serviceUrl: vigilnote.url,
      fhirUrl: `${vigilnote.url}/bench/fhir`,
      userId: 'Practitioner/bench',
    });
    await ehr.discover();
    return await measure(() => ehr.orderSign(PATIENT_ID, draftOrders()), vigilnote.provider);
  } finally {
    await vigilnote.close();
  }
}

/** One patient with the notes of all, each filled up to an ordinary length; no allergy recorded. */
function benchPatient(count: number): SamplePatient {
  const chart = loadSampleChart();
  const [template] = chart;
  const notes = chart.flatMap((patient) => patient.notes).filter(isPlainText);
  if (!template || notes.length === 0)
    throw new Error('the sample chart holds no plain-text notes');
  return {
    ...template,
    id: PATIENT_ID,
    allergies: [],
    adverseEvents: [],
    medications: [],
    notes: Array.from({ length: count }, (_, index) => benchNote(notes, index)),
  };
}

function isPlainText({ contentType, status }: SampleNote): boolean {
  return contentType === 'text/plain; charset=utf-8' && status === 'current';
}

function benchNote(notes: readonly SampleNote[], index: number): SampleNote {
  const at = (offset: number): SampleNote => notes[(index + offset) % notes.length] as SampleNote;
  // Each note begins with another line, so that none is known from another.
  const parts = [Buffer.from(`Note ${index + 1}\n\n`)];
  for (let offset = 0; words(Buffer.concat(parts)) < WORDS_PER_NOTE; offset++) {
    parts.push(Buffer.from(at(offset).bytes), Buffer.from('\n\n'));
  }
  const { replaces: _replaces, ...first } = at(0);
  return {
    ...first,
    id: `${PATIENT_ID}-n${index + 1}`,
    served: 'inline',
    bytes: Buffer.concat(parts),
  };
}

function words(bytes: Uint8Array): number {
  return Buffer.from(bytes).toString('utf8').split(/\s+/).filter(Boolean).length;
}

/** A small order set, of drugs that the notes speak of. */
const ORDERED: readonly string[] = ['lisinopril', 'metoclopramide', 'capecitabine'];

function draftOrders(): MedicationRequest[] {
  return DEMO_ORDERS.filter(({ key }) => ORDERED.includes(key)).map(({ key, rxcui, display }) => ({
    resourceType: 'MedicationRequest',
    id: `bench-${key}`,
    status: 'draft',
    intent: 'order',
    subject: { reference: `Patient/${PATIENT_ID}` },
    medicationCodeableConcept: {
      coding: [{ system: RXNORM_SYSTEM, code: rxcui, display }],
      text: display,
    },
  }));
}

/** @param sorted ascending, not empty */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
}
