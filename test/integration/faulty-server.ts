import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What goes wrong: the connection breaks, nothing comes, an error comes, half of the body comes. */
export type Fault =
  | { readonly kind: 'refuse' | 'hang' | 'half' }
  | { readonly kind: 'status'; readonly status: number; readonly times?: number };

export interface FaultyServer {
  readonly baseUrl: string;
  /** From now on, whatever begins with this path goes wrong. */
  fail(path: string, fault: Fault): void;
  recover(): void;
  close(): Promise<void>;
}

/** A proxy before a real FHIR server that can be told to go wrong. */
export async function startFaultyServer(target: string): Promise<FaultyServer> {
  const faults = new Map<string, Fault & { left: number }>();
  const server = createServer(async (request, response) => {
    const path = (request.url ?? '').replace(/^\/fhir\/?/, '');
    const fault = [...faults].find(([prefix]) => path.startsWith(prefix))?.[1];
    if (fault && fault.left-- > 0 && fault.kind !== 'half') return goWrong(response, fault);
    const answer = await fetch(`${target}/${path}`, {
      headers: { Accept: request.headers.accept ?? 'application/fhir+json' },
    });
    // Links of the server lead back to this proxy, as they would on a real one.
    const text = (await answer.text()).replaceAll(target, baseUrl);
    response.writeHead(answer.status, {
      'Content-Type': answer.headers.get('Content-Type') ?? 'application/fhir+json',
    });
    response.end(fault?.kind === 'half' ? text.slice(0, text.length / 2) : text);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/fhir`;
  return {
    baseUrl,
    fail: (path, fault) => {
      const left =
        fault.kind === 'status'
          ? (fault.times ?? Number.POSITIVE_INFINITY)
          : Number.POSITIVE_INFINITY;
      faults.set(path, { ...fault, left });
    },
    recover: () => faults.clear(),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function goWrong(response: ServerResponse, fault: Fault): void {
  if (fault.kind === 'refuse') response.socket?.destroy();
  // A hanging answer stays open until the client gives up.
  if (fault.kind !== 'status') return;
  response.writeHead(fault.status, { 'Retry-After': '0', 'Content-Type': 'application/fhir+json' });
  response.end('{"resourceType":"OperationOutcome","issue":[]}');
}
