import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AdverseEvent, Bundle } from 'fhir/r4.js';
import { type Hapi, startHapi } from '../support/hapi.ts';

const root = join(import.meta.dirname, '../..');
const CLEAR_NOTE = `History of present illness
Stopped lisinopril because of a dry cough. He had a maculopapular rash from amoxicillin.

Allergies
No rash on cephalexin.
`;

interface Run {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
}

let hapi: Hapi;
const patientId = `p-${randomUUID()}`;

beforeAll(async () => {
  hapi = await startHapi();
  await send('PUT', `Patient/${patientId}`, { resourceType: 'Patient', id: patientId });
  await send('POST', 'DocumentReference', note({ data: base64(CLEAR_NOTE) }));
}, 400_000);

afterAll(async () => {
  await hapi?.stop();
}, 120_000);

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function note(attachment: object, subject = patientId): object {
  return {
    resourceType: 'DocumentReference',
    status: 'current',
    type: { text: 'Progress note' },
    category: [
      {
        coding: [
          {
            system: 'http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category',
            code: 'clinical-note',
          },
        ],
      },
    ],
    subject: { reference: `Patient/${subject}` },
    date: '2024-05-06T10:00:00Z',
    content: [{ attachment: { contentType: 'text/plain', ...attachment } }],
  };
}

async function send(method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(`${hapi.baseUrl}/${path}`, {
    method,
    headers: { 'Content-Type': 'application/fhir+json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path.split('/')[0]}: ${response.status}`);
  return response.json();
}

async function adverseEvents(): Promise<AdverseEvent[]> {
  const found = (await send('GET', `AdverseEvent?subject=Patient/${patientId}`)) as Bundle;
  return (found.entry ?? []).map(({ resource }) => resource as AdverseEvent);
}

function report(args: readonly string[], env: Record<string, string> = {}): Promise<Run> {
  const others = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('VIGILNOTE_') && name !== 'NODE_OPTIONS',
  );
  const child = spawn(process.execPath, ['src/cli/main.ts', 'report', ...args], {
    cwd: root,
    env: {
      ...Object.fromEntries(others),
      NO_COLOR: '1',
      VIGILNOTE_PROVIDER: 'cpu',
      VIGILNOTE_WORKERS: '1',
      VIGILNOTE_FHIR_TIMEOUT_MS: '60000',
      ...env,
    },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  return new Promise((resolve) => {
    child.once('close', (exitCode) => resolve({ stdout, stderr, exitCode }));
  });
}

/** As one runs it, against the endpoint that asks for a token. */
function reportPatient(args: readonly string[] = [], subject = patientId): Promise<Run> {
  return report(['--patient', subject, '--fhir-server', hapi.securedUrl, ...args], {
    VIGILNOTE_FHIR_TOKEN: hapi.token,
  });
}

describe('vigilnote report', () => {
  test('--dry-run prints the transactions and writes nothing', async () => {
    const { stdout, stderr, exitCode } = await reportPatient(['--dry-run']);
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('would be created');
    expect(stdout).toContain('"type": "transaction"');
    expect(await adverseEvents()).toEqual([]);
  }, 120_000);

  test('writes what the notes affirm, with codes, sentence and id in a table', async () => {
    const { stdout, stderr, exitCode } = await reportPatient();
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    // RxNorm of lisinopril, MedDRA of cough.
    expect(stdout).toMatch(
      /created\s+lisinopril\s+29046\s+Cough\s+10011224\s+0\.\d\d\s+vigilnote-/,
    );
    expect(stdout).toContain('Stopped lisinopril because of a dry cough.');
    expect(stdout).not.toContain('cephalexin');
    expect(stdout + stderr).not.toContain(hapi.token);
    const written = await adverseEvents();
    expect(written.map(({ event }) => event?.text)).toContain('dry cough');
    for (const { id } of written) expect(stdout).toContain(id);
  }, 120_000);

  test('twice gives one', async () => {
    const before = (await adverseEvents()).length;
    const { stdout, exitCode } = await reportPatient(['--json']);
    expect(exitCode).toBe(0);
    const { reports } = JSON.parse(stdout) as { reports: { result: string }[] };
    expect(new Set(reports.map(({ result }) => result))).toEqual(new Set(['unchanged']));
    expect(await adverseEvents()).toHaveLength(before);
  }, 120_000);

  test('what a person recorded already is not written a second time', async () => {
    const subject = `p-${randomUUID()}`;
    await send('PUT', `Patient/${subject}`, { resourceType: 'Patient', id: subject });
    await send('POST', 'DocumentReference', note({ data: base64(CLEAR_NOTE) }, subject));
    await send('POST', 'AdverseEvent', {
      resourceType: 'AdverseEvent',
      actuality: 'actual',
      subject: { reference: `Patient/${subject}` },
      event: { text: 'Cough' },
      contained: [{ resourceType: 'Medication', id: 'm', code: { text: 'Zestril' } }],
      suspectEntity: [{ instance: { reference: '#m' } }],
    });
    const { stdout } = await reportPatient(['--dry-run', '--json'], subject);
    const { notReported } = JSON.parse(stdout) as { notReported: object[] };
    expect(notReported).toContainEqual(
      expect.objectContaining({
        because: 'recorded',
        drug: expect.objectContaining({ text: 'lisinopril' }),
      }),
    );
  }, 120_000);

  test('a note that cannot be read is named, the others are reported, and the exit status is 1', async () => {
    const subject = `p-${randomUUID()}`;
    await send('PUT', `Patient/${subject}`, { resourceType: 'Patient', id: subject });
    await send('POST', 'DocumentReference', note({ data: base64(CLEAR_NOTE) }, subject));
    await send(
      'POST',
      'DocumentReference',
      note({ contentType: 'application/pdf', data: base64('%PDF-1.4') }, subject),
    );
    const { stdout, stderr, exitCode } = await reportPatient([], subject);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/error: DocumentReference\/\S+ could not be read: /);
    expect(stdout).toContain('lisinopril');
  }, 120_000);

  test('without a token the server refuses, and nothing is written', async () => {
    const { stdout, stderr, exitCode } = await report([
      ...['--patient', patientId, '--fhir-server', hapi.securedUrl],
    ]);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('401');
    expect(stdout).toBe('');
  }, 120_000);

  test.each([
    ['no patient', ['--fhir-server', 'http://127.0.0.1:1/fhir'], '--patient'],
    ['no server', ['--patient', 'p1'], '--fhir-server'],
    [
      'a patient that is no id',
      ['--patient', 'a b', '--fhir-server', 'http://h/fhir'],
      '--patient',
    ],
    ['a server that is no URL', ['--patient', 'p1', '--fhir-server', 'ehr'], '--fhir-server'],
    [
      'credentials in the URL',
      ['--patient', 'p1', '--fhir-server', 'http://me:secret@h/fhir'],
      '--fhir-server',
    ],
    [
      'a day that is none',
      ['--patient', 'p1', '--fhir-server', 'http://h/fhir', '--since', '2024-13-01'],
      '--since',
    ],
    [
      'a token in place of the name of its variable',
      ['--patient', 'p1', '--fhir-server', 'http://h/fhir', '--token-env', 'eyJhbGciOi'],
      '--token-env',
    ],
  ])('%s is wrong usage: exit status 2', async (_what, args, option) => {
    const { stdout, stderr, exitCode } = await report(args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(option);
    expect(stderr).not.toMatch(/secret|eyJ/);
    expect(stdout).toBe('');
  });
});
