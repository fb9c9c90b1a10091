import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';

/** How long open calls may take to end when the service is closed. */
const DRAIN_MS = 5000;

/** @throws Error naming the address when it cannot be listened on */
export async function listen(
  application: Express,
  { port, host }: { readonly port: number; readonly host: string },
): Promise<Server> {
  const server = application.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === 'EADDRINUSE' ? 'another process listens there' : String(code);
    throw new Error(
      `cannot listen on ${host}, port ${port}: ${reason}; VIGILNOTE_PORT and VIGILNOTE_HOST name another`,
      { cause: error },
    );
  }
  return server;
}

/** `http://127.0.0.1:8080`, as the server is bound. */
export function urlOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}

/** Takes no new call and waits for open ones, then cuts what still hangs. */
export async function endServer(server: Server): Promise<void> {
  const ended = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await ended;
  clearTimeout(timer);
}
