import { randomUUID } from 'node:crypto';
import type { Card, CdsResponse } from '../src/cds-hooks/card.ts';
import { CdsHooksError, preconditionFailed } from '../src/cds-hooks/error.ts';
import type { CdsRequest } from '../src/cds-hooks/request.ts';
import type { ChartFindings } from '../src/chart/chart.ts';
import type { Alert, OrderedDrug } from '../src/findings/alert.ts';
import { decideAlerts } from '../src/findings/alerts.ts';
import type { CardContext } from './card-context.ts';
import { toCard } from './cards.ts';
import type { HookDependencies, IssuedCard } from './dependencies.ts';
import { unobtainable } from './obtainable.ts';
import { prefetchOnlyClient } from './prefetch-only-client.ts';
import { type DataSource, prefetchedDocuments } from './prefetched-chart.ts';
import { recordedReactions } from './recorded-reactions.ts';

export interface GuidanceInput {
  readonly request: CdsRequest;
  readonly serviceId: string;
  readonly signal: AbortSignal;
  /** Drafted drugs; absent on patient-view. */
  readonly orders?: readonly OrderedDrug[];
}

/**
 * What every service does: gets the notes' findings and what the chart records, decides what is
 * news, makes cards of it and remembers them.
 *
 * @throws CdsHooksError 412 when the patient's documents are not to be had
 */
export async function giveGuidance(
  dependencies: HookDependencies,
  input: GuidanceInput,
): Promise<CdsResponse> {
  const { request, orders } = input;
  // Orders without a drug need no notes: an X-ray must not fail for want of documents.
  if (orders?.length === 0) return { cards: [] };

  const source = dataSource(dependencies, input);
  const [notes, recorded] = await Promise.all([
    readNotes(dependencies, source),
    recordedReactions(dependencies, source),
  ]);
  const { patientId, userId } = request.context;
  // Answers are kept by the EHR that gives them, also where its server may not be called.
  const server = request.fhirServer?.replace(/\/+$/, '') ?? notes.server;
  const alerts = decideAlerts({
    findings: notes.chart.notes.flatMap((note) => note.findings),
    tolerances: notes.chart.notes.flatMap((note) => note.tolerances),
    known: recorded.known,
    ...(orders && { orders }),
    dismissed: await dismissedAlerts(dependencies, { server, patientId, userId }),
    threshold: dependencies.threshold,
  });
  const context: CardContext = {
    hook: request.hook,
    patientId,
    userId,
    now: dependencies.now?.() ?? new Date(),
    newUuid: dependencies.newUuid ?? randomUUID,
    classesOf: (ingredient) => dependencies.linker.classesOf(ingredient),
    pendingNotes: notes.chart.pendingDocuments,
    unreadableNotes: {
      count: notes.unreadable,
      server: notes.server,
      references: notes.chart.unreadable.map(({ reference }) => reference),
    },
    unreadParts: recorded.unread,
    ...(dependencies.sourceUrl !== undefined && { sourceUrl: dependencies.sourceUrl }),
  };
  const issued = alerts.map((alert) => ({ alert, card: toCard(alert, context) }));
  dependencies.observe?.({
    hook: request.hook,
    cards: issued.map(({ card }) => ({ indicator: card.indicator })),
    documents: notes.chart.totalDocuments,
    pendingDocuments: notes.chart.pendingDocuments,
    unreadableDocuments: notes.unreadable,
  });
  await remember(
    dependencies,
    issued.map(({ alert, card }) => issuedCard(alert, card, input, server)),
  );
  return { cards: issued.map(({ card }) => card) };
}

function dataSource(
  dependencies: HookDependencies,
  { request, signal }: GuidanceInput,
): DataSource {
  const fhir = dependencies.openFhir({
    ...(request.fhirServer !== undefined && { fhirServer: request.fhirServer }),
    ...(request.fhirAuthorization && { accessToken: request.fhirAuthorization.access_token }),
  });
  return { prefetch: request.prefetch, fhir, patientId: request.context.patientId, signal };
}

interface NotesRead {
  readonly chart: ChartFindings;
  /** The base URL that the notes are kept under. */
  readonly server: string;
  readonly unreadable: number;
}

async function readNotes(dependencies: HookDependencies, source: DataSource): Promise<NotesRead> {
  const startedAt = performance.now();
  const { documents, unreadable } = await prefetchedDocuments(source);
  const client = 'issue' in source.fhir ? prefetchOnlyClient(documents ?? []) : source.fhir;
  try {
    const chart = await dependencies.chart.findings({
      client,
      patientId: source.patientId,
      ...(documents && { documents }),
      budgetMs: Math.max(0, dependencies.budgetMs - (performance.now() - startedAt)),
    });
    return { chart, server: client.baseUrl, unreadable: unreadable + chart.unreadable.length };
  } catch (error) {
    if (error instanceof CdsHooksError || documents) throw error;
    throw preconditionFailed([unobtainable("the patient's documents", error)], error);
  }
}

/** News that was answered before; when that cannot be looked up, a card too many is the safer side. */
async function dismissedAlerts(
  { memory, onWarning }: HookDependencies,
  of: Parameters<HookDependencies['memory']['dismissed']>[0],
): Promise<ReadonlySet<string>> {
  try {
    return await memory.dismissed(of);
  } catch (error) {
    onWarning?.('earlier answers to cards could not be looked up', error);
    return new Set();
  }
}

/** A card that cannot be remembered is shown all the same; its feedback will find nothing. */
async function remember(
  { memory, onWarning }: HookDependencies,
  cards: readonly IssuedCard[],
): Promise<void> {
  if (cards.length === 0) return;
  try {
    await memory.issued(cards);
  } catch (error) {
    onWarning?.('cards could not be remembered', error);
  }
}

function issuedCard(alert: Alert, card: Card, input: GuidanceInput, server: string): IssuedCard {
  const { request, serviceId } = input;
  return {
    cardUuid: card.uuid ?? '',
    suggestions: (card.suggestions ?? []).map(({ uuid = '', actions = [] }) => ({
      uuid,
      action: actions.some(({ type }) => type === 'delete') ? 'delete' : 'create',
    })),
    alertKey: alert.key,
    hook: request.hook,
    serviceId,
    server,
    patientId: request.context.patientId,
    userId: request.context.userId,
  };
}
