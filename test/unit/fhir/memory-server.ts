import type { Bundle, FhirResource, OperationOutcome } from 'fhir/r4.js';
import type { FhirClient } from '../../../src/fhir/client.ts';

export class StatusError extends Error {
  override readonly name = 'FhirError';
  readonly status: number;
  readonly operationOutcome: OperationOutcome | undefined;
  constructor(status: number, operationOutcome?: OperationOutcome) {
    super(`The FHIR server answered ${status}.`);
    this.status = status;
    this.operationOutcome = operationOutcome;
  }
}

export interface MemoryServer {
  readonly client: FhirClient;
  /** By `Type/id`; `deleted` answers 410. */
  readonly resources: Map<string, FhirResource | 'deleted'>;
  readonly transactions: Bundle[];
  /** Called before a transaction is carried out; throws to refuse it. */
  beforeTransaction: (bundle: Bundle) => void;
}

/** Reads and transactions of PUTs with versions and If-Match, as R4 has them. */
export function memoryServer(): MemoryServer {
  const resources = new Map<string, FhirResource | 'deleted'>();
  const transactions: Bundle[] = [];
  const unused = (): never => {
    throw new Error('not used by this test');
  };
  const server: MemoryServer = {
    resources,
    transactions,
    beforeTransaction: () => {},
    client: {
      baseUrl: 'https://ehr.example/fhir',
      searchPages: unused,
      followPages: unused,
      readAttachment: unused,
      validate: unused,
      async read(reference) {
        const resource = resources.get(reference);
        if (resource === undefined) throw new StatusError(404);
        if (resource === 'deleted') throw new StatusError(410);
        return resource;
      },
      async transaction(bundle) {
        server.beforeTransaction(bundle);
        for (const { request } of bundle.entry ?? []) {
          const existing = resources.get(request?.url ?? '');
          const version = existing === 'deleted' ? undefined : existing?.meta?.versionId;
          if (request?.ifMatch && request.ifMatch !== `W/"${version}"`) throw new StatusError(412);
        }
        for (const { resource, request } of bundle.entry ?? []) {
          if (!resource || !request) continue;
          const existing = resources.get(request.url);
          const version = existing === 'deleted' ? 0 : Number(existing?.meta?.versionId ?? 0);
          resources.set(request.url, {
            ...resource,
            meta: { ...resource.meta, versionId: String(version + 1) },
          } as FhirResource);
        }
        transactions.push(bundle);
        return { resourceType: 'Bundle', type: 'transaction-response' };
      },
    },
  };
  return server;
}
