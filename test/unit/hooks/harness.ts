import type { Bundle, FhirResource } from 'fhir/r4.js';
import type { CardMemory, HookDependencies, IssuedCard } from '../../../hooks/dependencies.ts';
import { vigilnoteServices } from '../../../hooks/services.ts';
import type { ChartFindings, ChartRequest } from '../../../src/chart/chart.ts';
import { type Coding, type Linker, RXNORM_SYSTEM } from '../../../src/coding/coding.ts';
import type { FhirClient } from '../../../src/fhir/client.ts';
import type { Finding } from '../../../src/findings/finding.ts';
import { createApplication } from '../../../src/server/application.ts';
import { fhirAccess } from '../../../src/server/fhir-access.ts';
import { createLogger } from '../../../src/server/logger.ts';
import { createMetrics } from '../../../src/server/metrics.ts';

/** A linker that knows three drugs by their first word. */
const DRUGS: Readonly<Record<string, Coding>> = {
  amoxicillin: { system: RXNORM_SYSTEM, code: '723', display: 'amoxicillin' },
  cefalexin: { system: RXNORM_SYSTEM, code: '2231', display: 'cephalexin' },
  lisinopril: { system: RXNORM_SYSTEM, code: '29046', display: 'lisinopril' },
};
export const linker: Linker = {
  vocabularyVersion: 'test',
  linkDrug: (text) => {
    const concept = DRUGS[text.toLowerCase().split(' ')[0] ?? ''];
    return concept
      ? {
          kind: 'drug',
          method: 'exact',
          score: 1,
          matchedTerm: text,
          concept,
          termType: 'IN',
          ingredients: [concept],
        }
      : { kind: 'uncoded' };
  },
  linkEvent: () => ({ kind: 'uncoded' }),
  ingredientsOf: ({ codings, text }) => {
    const names = [...codings.map(({ display }) => display), text];
    const found = names.map((name) => DRUGS[name?.toLowerCase().split(' ')[0] ?? '']).find(Boolean);
    return found ? [found] : [];
  },
  classesOf: () => [],
};

/** An error as the FHIR client throws it. */
export function fhirError(status: number): Error {
  return Object.assign(new Error('GET https://ehr.example/fhir/X?patient=p1'), {
    name: 'FhirError',
    status,
  });
}

/** What a FHIR server holds by type, or the error it answers with. */
export type FakeServer = Readonly<Record<string, readonly object[] | Error>>;

export interface Harness {
  readonly application: ReturnType<typeof createApplication>;
  /** What the chart reader was asked. */
  readonly chartRequests: ChartRequest[];
  /** Tokens by the base URL that they were given to. */
  readonly tokens: Map<string, string | undefined>;
  /** Searches that reached the server. */
  readonly searches: string[];
  readonly issued: IssuedCard[];
  readonly warnings: string[];
}

export interface HarnessOptions {
  readonly findings?: readonly Finding[];
  readonly chart?: Partial<ChartFindings> | Error;
  readonly server?: FakeServer;
  readonly pages?: readonly Bundle[] | Error;
  readonly servers?: readonly string[] | 'any';
  readonly memory?: Partial<CardMemory>;
  readonly dependencies?: Partial<HookDependencies>;
}

/** The whole application over a chart reader and a FHIR server that answer as a test wants. */
export function harness(options: HarnessOptions = {}): Harness {
  const chartRequests: ChartRequest[] = [];
  const tokens = new Map<string, string | undefined>();
  const searches: string[] = [];
  const issued: IssuedCard[] = [];
  const warnings: string[] = [];
  const { chart = {}, findings = [], server = {}, pages = [] } = options;
  const dependencies: HookDependencies = {
    chart: {
      findings: async (request) => {
        chartRequests.push(request);
        if (chart instanceof Error) throw chart;
        const [first] = findings;
        return {
          notes: first ? [{ source: first.evidence.source, findings, tolerances: [] }] : [],
          unreadable: [],
          pendingDocuments: 0,
          totalDocuments: 1,
          ...chart,
        };
      },
    },
    linker,
    memory: {
      issued: async (cards) => void issued.push(...cards),
      dismissed: async () => new Set<string>(),
      ...options.memory,
    },
    openFhir: fhirAccess({
      servers: options.servers ?? 'any',
      timeoutMs: 1000,
      createClient: ({ baseUrl, accessToken }) => {
        tokens.set(baseUrl, accessToken);
        return fakeClient(baseUrl, server, pages, searches);
      },
    }),
    threshold: 0.5,
    budgetMs: 400,
    factsTimeoutMs: 2000,
    noteCategory: 'clinical-note',
    onWarning: (what) => warnings.push(what),
    ...options.dependencies,
  };
  const application = createApplication({
    services: vigilnoteServices(dependencies),
    onFeedback: async () => undefined,
    health: async () => ({ status: 'ok' }),
    metrics: createMetrics(),
    logger: createLogger('silent'),
  });
  return { application, chartRequests, tokens, searches, issued, warnings };
}

function fakeClient(
  baseUrl: string,
  server: FakeServer,
  pages: readonly Bundle[] | Error,
  searches: string[],
): FhirClient {
  const absent = async (): Promise<never> => {
    throw fhirError(404);
  };
  return {
    baseUrl,
    async *searchPages(type) {
      searches.push(type);
      const held = server[type] ?? [];
      if (held instanceof Error) throw held;
      yield bundle(...held);
    },
    async *followPages() {
      if (pages instanceof Error) throw pages;
      yield* pages;
    },
    read: absent,
    readAttachment: absent,
    transaction: absent,
    validate: absent,
  };
}

export function bundle(...resources: readonly object[]): Bundle {
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    entry: resources.map((resource) => ({ resource: resource as FhirResource })),
  };
}

/** An invented note as prefetch brings it. */
export function documentReference(changes: object = {}): Record<string, unknown> {
  return {
    resourceType: 'DocumentReference',
    id: 'd1',
    status: 'current',
    subject: { reference: 'Patient/p1' },
    content: [
      {
        attachment: {
          contentType: 'text/plain',
          data: Buffer.from('Developed a diffuse rash on amoxicillin.').toString('base64'),
        },
      },
    ],
    ...changes,
  };
}
