import { type Command, CommanderError } from 'commander';
import type { ChartReader } from '../chart/chart.ts';
import { createChartReader } from '../chart/chart-reader.ts';
import type { Linker } from '../coding/coding.ts';
import { openVocabulary } from '../coding/open.ts';
import type { Extractor } from '../extraction/extraction.ts';
import { createExtractor } from '../extraction/extractor.ts';
import { searchDocuments } from '../fhir/documents.ts';
import { createFhirClient } from '../fhir/fhir-client.ts';
import { isLoopback, normaliseBaseUrl, readConfiguration } from '../server/configuration.ts';
import { output as processOutput } from './output.ts';
import { reportPatient } from './report-patient.ts';
import { reportAsJson, writeReportView } from './report-view.ts';

/** Where the token is, unless `--token-env` names another variable. */
const TOKEN_VARIABLE = 'VIGILNOTE_FHIR_TOKEN';
/** Further tries after 409, 429 and 5xx: nobody waits at a screen. */
const RETRIES = 4;
const USAGE_ERROR = 2;

interface Options {
  readonly patient: string;
  readonly fhirServer: string;
  readonly tokenEnv: string;
  readonly since?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** What the options say, checked. */
interface Request {
  readonly patientId: string;
  readonly baseUrl: string;
  readonly accessToken?: string;
  readonly since?: string;
  readonly dryRun: boolean;
}

/**
 * `vigilnote report`: writes what a patient's notes say as AdverseEvents with their Provenance.
 * Exit status: 0; 1 when the server refused some, or a note could not be read; 2 for wrong usage.
 */
export function registerReport(program: Command): void {
  const command = program
    .command('report')
    .description(
      "write the adverse events of a patient's notes to the FHIR server as AdverseEvents",
    )
    .requiredOption('--patient <id>', 'logical id of the Patient on that server')
    .requiredOption('--fhir-server <url>', 'base URL of the FHIR R4 server')
    .option('--token-env <name>', 'variable that holds the access token', TOKEN_VARIABLE)
    .option('--since <date>', 'read notes from this day on, YYYY-MM-DD')
    .option('--dry-run', 'write nothing; print the transactions')
    .option('--json', 'print as JSON')
    .addHelpText(
      'after',
      `
Model, vocabulary, threshold, category of the notes and time-out are set by VIGILNOTE_… variables
as for \`vigilnote serve\`. Running it again writes nothing twice, and leaves alone what a person has
accepted, changed or deleted since.

Exit status: 0; 1 when the server refused some or a note could not be read; 2 for wrong usage.`,
    )
    .exitOverride(({ exitCode, code, message }) => {
      throw new CommanderError(exitCode === 0 ? 0 : USAGE_ERROR, code, message);
    })
    .action(async (options: Options) => {
      process.exitCode = await report(requestOf(options, command), options.json === true);
    });
}

/** @throws CommanderError for a value that is none */
function requestOf(options: Options, command: Command): Request {
  const wrong = (text: string): never =>
    command.error(`error: ${text}`, { exitCode: USAGE_ERROR, code: 'vigilnote.usage' });
  const patientId = options.patient.replace(/^Patient\//, '');
  if (!/^[A-Za-z0-9.-]{1,64}$/.test(patientId)) {
    wrong('--patient must be the logical id of a Patient: up to 64 letters, digits, - and .');
  }
  const url = URL.parse(options.fhirServer);
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.search || url.hash) {
    wrong('--fhir-server must be a base URL such as https://ehr.example/fhir, without credentials');
  }
  const { since } = options;
  if (
    since !== undefined &&
    (!/^\d{4}-\d{2}-\d{2}$/.test(since) || Number.isNaN(Date.parse(since)))
  ) {
    wrong('--since must be a day such as 2024-01-31');
  }
  const accessToken = process.env[options.tokenEnv];
  if (options.tokenEnv !== TOKEN_VARIABLE && !accessToken) {
    // Its value is never shown; a token given in place of a name would be.
    wrong('--token-env must name a variable of the environment that holds the access token');
  }
  return {
    patientId,
    baseUrl: normaliseBaseUrl(options.fhirServer),
    ...(accessToken && { accessToken }),
    ...(since !== undefined && { since }),
    dryRun: options.dryRun === true,
  };
}

/** @returns the exit status */
async function report(request: Request, json: boolean): Promise<number> {
  const configuration = readConfiguration();
  const { baseUrl, accessToken, patientId, since, dryRun } = request;
  const url = new URL(baseUrl);
  if (accessToken && url.protocol === 'http:' && !isLoopback(url.hostname)) {
    processOutput.note('warning: the access token goes over plain HTTP');
  }
  const client = createFhirClient({
    baseUrl,
    ...(accessToken && { accessToken }),
    timeoutMs: configuration.fhirTimeoutMs,
    maximumRetries: RETRIES,
  });
  const [extractor, linker] = await Promise.all([
    createExtractor({
      modelDirectory: configuration.modelDirectory,
      provider: configuration.provider,
      workers: configuration.workers,
    }),
    openVocabulary(configuration.vocabularyDirectory),
  ]);
  try {
    const result = await reportPatient({
      client,
      chart: chartReader({ ...configuration, since }, extractor, linker),
      linker,
      patientId,
      dryRun,
      threshold: configuration.threshold ?? extractor.manifest.thresholds.card,
    });
    if (json) processOutput.json(reportAsJson(result));
    else writeReportView(processOutput, result);
    const refused = result.outcomes.some((outcome) => outcome.result === 'refused');
    return refused || result.unreadable.length > 0 ? 1 : 0;
  } finally {
    await extractor.close();
  }
}

/** Reads every note, also those that a running service has read: its database is its own. */
function chartReader(
  {
    noteCategory,
    since,
    workers,
  }: { noteCategory?: string | undefined; since: string | undefined; workers: number },
  extractor: Extractor,
  linker: Linker,
): ChartReader {
  return createChartReader({
    extractor,
    linker,
    concurrency: workers + 1,
    searchDocuments: async (client, patientId) => {
      const { documents, problems } = await searchDocuments(client, {
        patientId,
        ...(noteCategory !== undefined && { categories: [noteCategory] }),
        ...(since !== undefined && { since }),
      });
      if (problems.brokenEntries > 0) {
        processOutput.note(
          `warning: ${problems.brokenEntries} entries of the search are no documents`,
        );
      }
      if (problems.more) {
        processOutput.note(
          `warning: there are more than the ${documents.length} newest documents; --since takes part of them`,
        );
      }
      return documents;
    },
  });
}
