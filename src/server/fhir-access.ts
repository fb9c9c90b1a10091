import type { HookDependencies } from '../../hooks/dependencies.ts';
import type { FhirClient, FhirClientOptions } from '../fhir/client.ts';
import { normaliseBaseUrl } from './configuration.ts';

/** Further tries within a hook call: somebody is waiting for the card. */
const RETRIES_IN_A_CALL = 1;

/**
 * Which FHIR servers a hook call may make this service call. The caller names the server, so
 * without a list anybody who reaches the service could have it call addresses inside.
 *
 * @param options.servers normalised base URLs, or `any`
 */
export function fhirAccess(options: {
  readonly servers: readonly string[] | 'any';
  readonly timeoutMs: number;
  createClient(options: FhirClientOptions): FhirClient;
}): HookDependencies['openFhir'] {
  return ({ fhirServer, accessToken }) => {
    if (fhirServer === undefined) {
      return {
        issue: {
          code: 'required',
          expression: 'fhirServer',
          diagnostics: 'is not there: without it only prefetched data can be used',
        },
      };
    }
    const baseUrl = normaliseBaseUrl(fhirServer);
    if (options.servers !== 'any' && !options.servers.includes(baseUrl)) {
      return {
        issue: {
          code: 'forbidden',
          expression: 'fhirServer',
          diagnostics:
            'is not among the servers that this service may call; whoever runs it lists them in VIGILNOTE_FHIR_SERVERS',
        },
      };
    }
    return options.createClient({
      baseUrl,
      ...(accessToken !== undefined && { accessToken }),
      timeoutMs: options.timeoutMs,
      maximumRetries: RETRIES_IN_A_CALL,
    });
  };
}
