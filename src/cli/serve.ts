import type { Command } from 'commander';
import { output } from './output.ts';

/** How long open calls may take to end after SIGTERM, before the process ends all the same. */
const SHUTDOWN_MS = 10_000;

/** `vigilnote serve`: the CDS Hooks service, configured by the environment. */
export function registerServe(program: Command): void {
  program
    .command('serve')
    .description('run the CDS Hooks service; configured by VIGILNOTE_… variables (see the README)')
    .option('--port <port>', 'TCP port, instead of VIGILNOTE_PORT')
    .option('--host <address>', 'address to listen on, instead of VIGILNOTE_HOST')
    .action(serve);
}

async function serve(options: { port?: string; host?: string }): Promise<void> {
  const [{ readConfiguration }, { startVigilnote }] = await Promise.all([
    import('../server/configuration.ts'),
    import('../server/start.ts'),
  ]);
  const configuration = readConfiguration({
    ...process.env,
    ...(options.port !== undefined && { VIGILNOTE_PORT: options.port }),
    ...(options.host !== undefined && { VIGILNOTE_HOST: options.host }),
  });
  const vigilnote = await startVigilnote(configuration);
  output.note(`CDS services: ${vigilnote.url}/cds-services`);
  await closeOnSignal(() => vigilnote.close());
}

/** Resolves when a signal has come and the service has ended; a second signal ends it at once. */
export async function closeOnSignal(close: () => Promise<void>): Promise<void> {
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  const give = setTimeout(() => process.exit(1), SHUTDOWN_MS);
  give.unref();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(1));
  await close();
  clearTimeout(give);
}
