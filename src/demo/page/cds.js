import { FHIR_BASE } from './fhir.js';

/** Every call so far, oldest first: { name, status, elapsedMs, request, response }. */
export const journal = new EventTarget();
const calls = [];

/** @returns {Promise<object[]>} services that discovery lists */
export async function discover() {
  const { body } = await exchange('GET', '/cds-services');
  return body.services;
}

/**
 * Calls a hook as an EHR does: with the address of its FHIR server, for the service to read from.
 *
 * @param {object} service entry of discovery
 * @param {object} context
 */
export async function callHook(service, context) {
  const { body, elapsedMs } = await exchange('POST', `/cds-services/${service.id}`, {
    hook: service.hook,
    hookInstance: crypto.randomUUID(),
    fhirServer: FHIR_BASE,
    context,
  });
  return { cards: body.cards ?? [], elapsedMs };
}

/** https://cds-hooks.hl7.org/2.0/#feedback */
export async function sendFeedback(service, cardUuid, outcome) {
  await exchange('POST', `/cds-services/${service.id}/feedback`, {
    feedback: [{ card: cardUuid, outcomeTimestamp: new Date().toISOString(), ...outcome }],
  });
}

async function exchange(method, path, request) {
  const started = performance.now();
  const response = await fetch(path, {
    method,
    ...(request && {
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(request),
    }),
  });
  const text = await response.text();
  const elapsedMs = Math.round(performance.now() - started);
  let body = text;
  try {
    body = JSON.parse(text);
  } catch {
    // Feedback is answered without a body.
  }
  calls.push({
    name: `${method} ${path}`,
    status: response.status,
    elapsedMs,
    request,
    response: body,
  });
  journal.dispatchEvent(new CustomEvent('call', { detail: { calls } }));
  if (!response.ok) {
    const reason = body?.issue?.[0]?.diagnostics ?? body?.issue?.[0]?.details?.text;
    throw new Error(`${path} answered ${response.status}${reason ? `: ${reason}` : ''}`);
  }
  return { body, elapsedMs };
}
