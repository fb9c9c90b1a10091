import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from '@jest/globals';

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
/** Starting opens the model and a database, on a loaded machine too. */
const START_MS = 120_000;

const children: ChildProcess[] = [];

afterEach(() => {
  for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
});

interface Started {
  readonly child: ChildProcess;
  /** What came on stdout and stderr so far. */
  readonly written: { out: string; error: string };
}

function vigilnote(args: readonly string[], env: Record<string, string> = {}): Started {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env.PATH, VIGILNOTE_DATABASE: 'memory:', VIGILNOTE_WORKERS: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const written = { out: '', error: '' };
  child.stdout?.on('data', (chunk) => {
    written.out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    written.error += chunk;
  });
  return { child, written };
}

async function exitOf({ child }: Started): Promise<number | null> {
  if (child.exitCode !== null) return child.exitCode;
  const [code] = (await once(child, 'close')) as [number | null];
  return code;
}

async function addressOf({ child, written }: Started): Promise<string> {
  for (;;) {
    const address = /CDS services: (http:\/\/\S+)\/cds-services/.exec(written.error)?.[1];
    if (address) return address;
    if (child.exitCode !== null) throw new Error(`ended with ${child.exitCode}: ${written.error}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test(
  'serve listens, tells its health, and ends with 0 on SIGTERM',
  async () => {
    const started = vigilnote(['serve', '--port', '0']);
    const address = await addressOf(started);
    const health = await (await fetch(`${address}/health`)).json();
    expect(health).toMatchObject({ status: 'ok', provider: expect.any(String) });
    const discovery = (await (await fetch(`${address}/cds-services`)).json()) as {
      services: unknown[];
    };
    expect(discovery.services).toHaveLength(3);
    started.child.kill('SIGTERM');
    await expect(exitOf(started)).resolves.toBe(0);
    const lines = started.written.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({ msg: 'listening', url: address });
  },
  START_MS,
);

test('a bad variable is named with its value and what it may hold', async () => {
  const started = vigilnote(['serve'], { VIGILNOTE_PORT: 'http' });
  await expect(exitOf(started)).resolves.toBe(1);
  expect(started.written.error).toBe(
    'error: VIGILNOTE_PORT="http": must be a whole number from 0 to 65535\n',
  );
});

test(
  'a port that is taken is named',
  async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const started = vigilnote(['serve', '--port', String(port)]);
    await expect(exitOf(started)).resolves.toBe(1);
    expect(started.written.error).toContain(
      `cannot listen on 127.0.0.1, port ${port}: another process listens there`,
    );
    server.close();
  },
  START_MS,
);

test(
  'a model that is not there is named',
  async () => {
    const started = vigilnote(['serve', '--port', '0'], { VIGILNOTE_MODEL: '/no/such/model' });
    await expect(exitOf(started)).resolves.toBe(1);
    expect(started.written.error).toContain('/no/such/model');
  },
  START_MS,
);

test(
  'an unknown command is refused, and help is no failure',
  async () => {
    const unknown = vigilnote(['serv']);
    await expect(exitOf(unknown)).resolves.toBe(1);
    expect(unknown.written.error).toContain('serve');
    const help = vigilnote(['serve', '--help']);
    await expect(exitOf(help)).resolves.toBe(0);
    expect(help.written.out).toContain('--port <port>');
  },
  START_MS,
);
