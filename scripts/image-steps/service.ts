import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Built } from './build.ts';
import { runIn, start } from './root.ts';

/** How long the service may take to answer after its start, also on a machine that does other things. */
const START_MS = 180_000;
const POLL_MS = 250;

/**
 * Starts a container's entry point as its user and looks whether it does what it is for: health,
 * discovery, the health check's own command, and an end on SIGTERM.
 * @param port a free one, in place of the image's
 * @throws Error saying which of them failed, with what the service wrote
 */
export async function checkService(
  image: Built,
  port: number,
  say: (text: string) => void,
): Promise<void> {
  const environment = {
    ...image.environment,
    VIGILNOTE_PORT: String(port),
    VIGILNOTE_HOST: '127.0.0.1',
  };
  const container = { ...image, environment };
  const service = start([...image.entrypoint, ...image.command], container, 'pipe');
  let log = '';
  for (const stream of [service.stdout, service.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      log += text;
    });
  }
  try {
    const url = `http://127.0.0.1:${port}`;
    const health = await untilAnswered(`${url}/health`, service);
    say(`/health: ${await health.text()}`);
    say(`discovery: ${(await servicesOf(`${url}/cds-services`)).join(', ')}`);
    await runIn(image.healthCheck, container);
    say("the image's health check passes");
    say(`runs as user ${userOf(service)}`);
    await endsOnTerm(service);
    say('ends on SIGTERM');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`the service from the image: ${reason}\n${log}`);
  } finally {
    service.kill('SIGKILL');
  }
}

async function untilAnswered(url: string, service: ChildProcess): Promise<Response> {
  const end = Date.now() + START_MS;
  for (;;) {
    if (service.exitCode !== null) throw new Error(`ended with exit status ${service.exitCode}`);
    try {
      const response = await fetch(url);
      if (response.ok) return response;
      if (Date.now() > end) throw new Error(`${url} answers ${response.status}`);
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await sleep(POLL_MS);
  }
}

async function servicesOf(url: string): Promise<string[]> {
  const response = await fetch(url);
  const body = (await response.json()) as { services?: { id: string }[] };
  const ids = body.services?.map(({ id }) => id) ?? [];
  if (ids.length === 0) throw new Error(`${url} lists no services (${response.status})`);
  return ids;
}

/** Process id, on this machine, of the first process in the root. */
function firstProcess(service: ChildProcess): string {
  const path = `/proc/${service.pid}/task/${service.pid}/children`;
  return readFileSync(path, 'utf8').trim().split(' ')[0] ?? '';
}

function userOf(service: ChildProcess): number {
  const status = readFileSync(`/proc/${firstProcess(service)}/status`, 'utf8');
  const id = Number(/^Uid:\s+(\d+)/m.exec(status)?.[1]);
  if (!(id > 0)) throw new Error('it runs as root');
  return id;
}

async function endsOnTerm(service: ChildProcess): Promise<void> {
  const id = firstProcess(service);
  process.kill(Number(id), 'SIGTERM');
  for (const end = Date.now() + START_MS; Date.now() < end; await sleep(POLL_MS)) {
    if (!existsSync(`/proc/${id}`)) return;
  }
  throw new Error('goes on after SIGTERM');
}
