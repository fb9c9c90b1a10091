import { describe, expect, test } from '@jest/globals';
import type { AdverseEvent, Bundle } from 'fhir/r4.js';
import { createOutput } from '../../../src/cli/output.ts';
import { type PatientReportRequest, reportPatient } from '../../../src/cli/report-patient.ts';
import { reportAsJson, writeReportView } from '../../../src/cli/report-view.ts';
import { openVocabulary } from '../../../src/coding/open.ts';
import type { Finding } from '../../../src/findings/finding.ts';
import { memoryServer, StatusError } from '../fhir/memory-server.ts';
import { finding } from '../hooks/alerts.ts';

const linker = await openVocabulary();

interface Given {
  readonly findings: readonly Finding[];
  readonly recorded?: readonly AdverseEvent[];
  readonly dryRun?: boolean;
  readonly unreadable?: { reference: string; reason: string }[];
}

function setUp({ findings, recorded = [], dryRun = false, unreadable = [] }: Given) {
  const server = memoryServer();
  const request: PatientReportRequest = {
    client: {
      ...server.client,
      async *searchPages() {
        const entry = recorded.map((resource) => ({ resource }));
        yield { resourceType: 'Bundle', type: 'searchset', entry } satisfies Bundle;
      },
    },
    chart: {
      findings: async () => ({
        notes: findings.map((one) => ({
          source: one.evidence.source,
          findings: [one],
          tolerances: [],
        })),
        unreadable,
        pendingDocuments: 0,
        totalDocuments: findings.length + unreadable.length,
      }),
    },
    linker,
    patientId: 'p1',
    threshold: 0.5,
    dryRun,
    now: () => new Date('2026-11-26T08:00:00Z'),
  };
  return { server, request };
}

function shown(view: (output: ReturnType<typeof createOutput>) => void) {
  const text = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr') => ({
    write: (chunk: string) => {
      text[name] += chunk;
      return true;
    },
  });
  view(createOutput({ stdout: stream('stdout'), stderr: stream('stderr') } as never, {}));
  return text;
}

describe("Reporting a patient's adverse events", () => {
  test('writes what is affirmed and tells it with codes, sentence and id', async () => {
    const { server, request } = setUp({ findings: [finding()] });
    const report = await reportPatient(request);
    const { stdout } = shown((output) => writeReportView(output, report));
    const [id] = [...server.resources.keys()].filter((key) => key.startsWith('AdverseEvent/'));
    expect(stdout).toContain(id?.replace('AdverseEvent/', ''));
    expect(stdout).toMatch(/1\s+created\s+amoxicillin\s+723\s+Rash\s+10037844\s+0\.93/);
    expect(stdout).toContain(
      '“Developed a diffuse rash on amoxicillin.” (Discharge summary, 2023-04-03, DocumentReference/d1)',
    );
    expect(stdout).toContain('1 notes read; adverse events: 1 created');
  });

  test('a dry run tells what would be created, with the transactions, and writes nothing', async () => {
    const { server, request } = setUp({ findings: [finding()], dryRun: true });
    const report = await reportPatient(request);
    expect(server.resources.size).toBe(0);
    expect(report.transactions).toHaveLength(1);
    const { stdout } = shown((output) => writeReportView(output, report));
    expect(stdout).toContain('would be created');
    expect(stdout).toContain('"url": "AdverseEvent/vigilnote-');
  });

  test('what is left out is counted by its reason', async () => {
    const { request } = setUp({
      findings: [
        finding({ assertion: 'negated' }),
        finding({ assertion: 'family' }),
        finding({ confidence: 0.1 }),
      ],
    });
    const report = await reportPatient(request);
    expect(shown((output) => writeReportView(output, report)).stdout).toContain(
      'adverse events: none; not reported: 2 not affirmed by the note, 1 below the threshold',
    );
  });

  test('a refusal is told with the issues of the OperationOutcome', async () => {
    const { server, request } = setUp({ findings: [finding()] });
    server.beforeTransaction = () => {
      throw new StatusError(422, {
        resourceType: 'OperationOutcome',
        issue: [
          {
            severity: 'error',
            code: 'invalid',
            diagnostics: 'no such subject',
            expression: ['AdverseEvent.subject'],
          },
        ],
      });
    };
    const report = await reportPatient(request);
    const { stdout, stderr } = shown((output) => writeReportView(output, report));
    expect(stdout).toContain('refused');
    expect(stderr).toContain('error invalid at AdverseEvent.subject: no such subject');
    expect(reportAsJson(report)).toMatchObject({
      reports: [{ result: 'refused', status: 422, operationOutcome: {} }],
    });
  });

  test('a note that cannot be read is named', async () => {
    const unreadable = [{ reference: 'DocumentReference/d9', reason: 'PDF is not read' }];
    const { request } = setUp({ findings: [], unreadable });
    const report = await reportPatient(request);
    const { stdout, stderr } = shown((output) => writeReportView(output, report));
    expect(stderr).toContain('DocumentReference/d9 could not be read: PDF is not read');
    expect(stdout).toContain('0 notes read, 1 unreadable');
  });

  test('nothing is written when the recorded AdverseEvents cannot be read', async () => {
    const { server, request } = setUp({ findings: [finding()] });
    const client = {
      ...request.client,
      // biome-ignore lint/correctness/useYield: it fails before its first page
      async *searchPages(): AsyncGenerator<Bundle> {
        throw new StatusError(403);
      },
    };
    await expect(reportPatient({ ...request, client })).rejects.toThrow('403');
    expect(server.transactions).toEqual([]);
  });

  test('the words of a note cannot steer the terminal', async () => {
    const quote = 'Developed a diffuse rash\u001b[2J on\r amoxicillin.';
    const { request } = setUp({ findings: [finding({}, { quote })] });
    const report = await reportPatient(request);
    const { stdout } = shown((output) => writeReportView(output, report));
    expect(stdout).toContain('“Developed a diffuse rash[2J on amoxicillin.”');
    for (const character of ['\u001b', '\r']) expect(stdout).not.toContain(character);
  });
});
