import { createHash } from 'node:crypto';
import type { DocumentReference } from 'fhir/r4.js';
import type { FhirClient } from '../src/fhir/client.ts';

/** There is no server that could be asked. */
class NoServerError extends Error {
  override readonly name = 'NoServerError';
  constructor() {
    super(
      'the request names no FHIR server that may be called: only inline attachments can be read',
    );
  }
}

/**
 * Stands in for the FHIR server where only prefetched documents are to be had: every exchange
 * fails. Its base URL is a label made of the documents themselves, so that findings kept under it
 * are found again for the same documents and never for those of another server that happen to bear
 * the same ids.
 */
export function prefetchOnlyClient(documents: readonly DocumentReference[]): FhirClient {
  const digest = createHash('sha256').update(JSON.stringify(documents)).digest('hex');
  const refuse = async (): Promise<never> => {
    throw new NoServerError();
  };
  // biome-ignore lint/correctness/useYield: it has no page to give
  async function* refusePages(): AsyncGenerator<never> {
    throw new NoServerError();
  }
  return {
    baseUrl: `prefetch:${digest.slice(0, 32)}`,
    searchPages: refusePages,
    followPages: refusePages,
    read: refuse,
    readAttachment: refuse,
    transaction: refuse,
    validate: refuse,
  };
}
