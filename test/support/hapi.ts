import { HAPI_TOKEN, startHapiProcess } from './hapi-process.mjs';

export interface Hapi {
  /** FHIR base URL, without a trailing slash; open to everyone. */
  readonly baseUrl: string;
  /** The same resources, for those who bring {@link Hapi.token}; 401 for others. */
  readonly securedUrl: string;
  readonly token: string;
  stop(): Promise<void>;
}

/**
 * A real HAPI FHIR R4 server. `npm test` starts one for all tests and names it in
 * VIGILNOTE_TEST_HAPI_URL; where that is not set, one is started and `stop` ends it.
 *
 * One server serves every test: each makes its own patients, with ids from `randomUUID()`.
 */
export async function startHapi(): Promise<Hapi> {
  const running = process.env.VIGILNOTE_TEST_HAPI_URL?.replace(/\/$/, '');
  if (running) return hapiAt(running, async () => {});
  const { url, stop } = await startHapiProcess();
  return hapiAt(url, stop);
}

function hapiAt(baseUrl: string, stop: () => Promise<void>): Hapi {
  return { baseUrl, securedUrl: baseUrl.replace(/\/fhir$/, '/secured'), token: HAPI_TOKEN, stop };
}
