import { type AddressInfo, createServer } from 'node:net';

/**
 * @param wanted TCP port; 0 asks for any
 * @returns `wanted` where nobody listens on it, else a free one
 */
export async function freePort(wanted: number, host: string): Promise<number> {
  try {
    return await tryPort(wanted, host);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    return tryPort(0, host);
  }
}

function tryPort(port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => {
      const { port: found } = server.address() as AddressInfo;
      server.close(() => resolve(found));
    });
  });
}
