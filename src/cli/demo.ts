import { type Command, InvalidArgumentError } from 'commander';
import type { SamplePatient } from '../demo/load-sample-chart.ts';
import { output } from './output.ts';

const HOST = '127.0.0.1';

/** `vigilnote demo`: Vigilnote, an invented chart behind a FHIR endpoint, and an EHR that uses both. */
export function registerDemo(program: Command): void {
  program
    .command('demo')
    .description('show Vigilnote on an invented chart: cards in the terminal, and a page to try')
    .option('--once', 'end after the tour instead of staying up')
    .option('--port <port>', 'TCP port; another one is taken where it is busy', portNumber, 8080)
    .action(demo);
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new InvalidArgumentError('a whole number from 0 to 65535 is needed.');
  }
  return port;
}

async function demo(options: { once?: boolean; port: number }): Promise<void> {
  const started = performance.now();
  const [{ freePort }, { demoRouter }, { loadSampleChart }, { readConfiguration }, start] =
    await Promise.all([
      import('../demo/free-port.ts'),
      import('../demo/demo-router.ts'),
      import('../demo/load-sample-chart.ts'),
      import('../server/configuration.ts'),
      import('../server/start.ts'),
    ]);
  const port = await freePort(options.port, HOST);
  if (options.port !== 0 && port !== options.port) {
    output.note(`Port ${options.port} is busy; taking ${port} instead.`);
  }
  const chart = loadSampleChart();
  const vigilnote = await start.startVigilnote(
    {
      ...readConfiguration({ VIGILNOTE_LOG_LEVEL: 'error', ...process.env }),
      port,
      host: HOST,
      // Nothing of the demo is to last.
      database: 'memory:',
      fhirServers: 'any',
    },
    { mount: (application) => application.use(demoRouter(chart)) },
  );
  try {
    const { closeOnSignal } = await import('./serve.ts');
    const ready = performance.now() - started;
    output.line(output.style('bold', `Vigilnote on an invented chart: ${chart.length} patients`));
    output.line(`ready in ${(ready / 1000).toFixed(1)} s, model on ${vigilnote.provider}`);
    await tour(vigilnote.url, chart);
    printAddresses(vigilnote.url);
    if (options.once) return;
    output.line('Staying up; Ctrl-C ends it.');
    await closeOnSignal(() => Promise.resolve());
  } finally {
    await vigilnote.close();
  }
}

async function tour(serviceUrl: string, chart: readonly SamplePatient[]): Promise<void> {
  const [{ createEhr }, { runTour }, { createTourReport }] = await Promise.all([
    import('../demo/ehr.ts'),
    import('../demo/tour.ts'),
    import('../demo/tour-report.ts'),
  ]);
  const ehr = createEhr({
    serviceUrl,
    fhirUrl: `${serviceUrl}/demo/fhir`,
    userId: 'Practitioner/demo-physician',
  });
  const { discovery, elapsedMs } = await ehr.discover();
  const hooks = discovery.services.map(({ hook }) => hook).join(', ');
  output.line(`discovery lists ${hooks} (${Math.round(elapsedMs)} ms)`);
  const report = createTourReport(output);
  const steps = [];
  for await (const step of runTour(ehr, chart)) {
    report.step(step);
    steps.push(step);
  }
  report.summary(steps);
}

function printAddresses(url: string): void {
  const call = JSON.stringify({
    hook: 'patient-view',
    hookInstance: '1d6f2f3a-8a0e-4a4e-9f0a-2f6f3b0a7c11',
    fhirServer: `${url}/demo/fhir`,
    context: { userId: 'Practitioner/demo-physician', patientId: 'p01' },
  });
  output.line();
  output.line(output.style('bold', 'Try by hand'));
  for (const [what, how] of [
    ['the EHR page', `${url}/demo/`],
    ['discovery', `curl ${url}/cds-services`],
    ['the chart', `curl '${url}/demo/fhir/DocumentReference?patient=p01'`],
    [
      'a hook',
      `curl -H 'Content-Type: application/json' -d '${call}' ${url}/cds-services/vigilnote-patient-view`,
    ],
    ['metrics', `curl ${url}/metrics`],
  ]) {
    output.line(`  ${(what ?? '').padEnd(13)} ${how}`);
  }
  output.line();
}
