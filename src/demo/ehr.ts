import { randomUUID } from 'node:crypto';
import type { Bundle, MedicationRequest } from 'fhir/r4.js';
import { type Card, responseSchema } from '../cds-hooks/card.ts';
import type { HookName } from '../cds-hooks/context.ts';
import { resolveTemplate } from '../cds-hooks/prefetch-template.ts';
import { type Discovery, discoverySchema } from '../cds-hooks/service.ts';

export interface HookAnswer {
  readonly cards: readonly Card[];
  readonly elapsedMs: number;
}

/** An EHR as far as CDS Hooks sees it: it speaks to the service over HTTP alone. */
export interface Ehr {
  discover(): Promise<{ readonly discovery: Discovery; readonly elapsedMs: number }>;
  /** With what the service asks to be prefetched. */
  patientView(patientId: string): Promise<HookAnswer>;
  /** Without prefetch: the service reads from the FHIR server that the call names. */
  orderSelect(patientId: string, drafts: readonly MedicationRequest[]): Promise<HookAnswer>;
  orderSign(patientId: string, drafts: readonly MedicationRequest[]): Promise<HookAnswer>;
  /** Documents that calls so far did not wait for, from the service's metrics. */
  pendingDocuments(): Promise<number>;
}

export interface EhrOptions {
  /** Where the CDS service listens: `http://127.0.0.1:8080`. */
  readonly serviceUrl: string;
  /** Base URL of the FHIR server. */
  readonly fhirUrl: string;
  /** `Practitioner/<id>`. */
  readonly userId: string;
}

/** @throws Error of each method: naming the call, its status, and what the answer said */
export function createEhr({ serviceUrl, fhirUrl, userId }: EhrOptions): Ehr {
  let services: Discovery['services'] = [];

  function serviceFor(hook: HookName) {
    const found = services.find((service) => service.hook === hook);
    if (!found) throw new Error(`discovery at ${serviceUrl} lists no service for ${hook}`);
    return found;
  }

  async function call(
    hook: HookName,
    context: Readonly<Record<string, unknown>>,
    prefetch?: Readonly<Record<string, unknown>>,
  ): Promise<HookAnswer> {
    const { id } = serviceFor(hook);
    const { body, elapsedMs } = await exchange(`${serviceUrl}/cds-services/${id}`, {
      hook,
      hookInstance: randomUUID(),
      fhirServer: fhirUrl,
      context: { userId, ...context },
      ...(prefetch && { prefetch }),
    });
    return { cards: responseSchema.parse(body).cards, elapsedMs };
  }

  /** https://cds-hooks.hl7.org/2.0/#prefetch-template */
  async function prefetched(hook: HookName, context: Readonly<Record<string, unknown>>) {
    const entries = Object.entries(serviceFor(hook).prefetch ?? {}).map(async ([key, template]) => {
      const resolved = resolveTemplate(template, { userId, ...context });
      if ('missing' in resolved) return [];
      return [[key, (await exchange(`${fhirUrl}/${resolved.query}`)).body]];
    });
    return Object.fromEntries((await Promise.all(entries)).flat());
  }

  return {
    discover: async () => {
      const { body, elapsedMs } = await exchange(`${serviceUrl}/cds-services`);
      const discovery = discoverySchema.parse(body);
      services = discovery.services;
      return { discovery, elapsedMs };
    },
    patientView: async (patientId) =>
      call('patient-view', { patientId }, await prefetched('patient-view', { patientId })),
    orderSelect: (patientId, drafts) =>
      call('order-select', {
        patientId,
        selections: drafts.map(({ id }) => `MedicationRequest/${id}`),
        draftOrders: bundleOf(drafts),
      }),
    orderSign: (patientId, drafts) =>
      call('order-sign', { patientId, draftOrders: bundleOf(drafts) }),
    pendingDocuments: async () => {
      const text = await (await fetch(`${serviceUrl}/metrics`)).text();
      return Number(/^vigilnote_documents_total\{outcome="pending"\} (\d+)$/m.exec(text)?.[1] ?? 0);
    },
  };
}

function bundleOf(drafts: readonly MedicationRequest[]): Bundle {
  return {
    resourceType: 'Bundle',
    type: 'collection',
    entry: drafts.map((resource) => ({ resource })),
  };
}

async function exchange(
  url: string,
  body?: unknown,
): Promise<{ readonly body: unknown; readonly elapsedMs: number }> {
  const started = performance.now();
  const response = await fetch(url, {
    ...(body !== undefined && {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    }),
  });
  const text = await response.text();
  const elapsedMs = performance.now() - started;
  if (!response.ok)
    throw new Error(`${new URL(url).pathname} answered ${response.status}: ${text}`);
  return { body: JSON.parse(text) as unknown, elapsedMs };
}
