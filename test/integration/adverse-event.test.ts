import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type {
  AdverseEvent,
  Bundle,
  DocumentReference,
  FhirResource,
  OperationOutcome,
  Provenance,
} from 'fhir/r4.js';
import { suggestedAdverseEvent } from '../../src/fhir/adverse-event.ts';
import type { FhirClient } from '../../src/fhir/client.ts';
import { createFhirClient } from '../../src/fhir/fhir-client.ts';
import { type AdverseEventReport, selectReports } from '../../src/fhir/report.ts';
import { buildReportTransaction, writeReports } from '../../src/fhir/write-reports.ts';
import type { Finding } from '../../src/findings/finding.ts';
import { type Hapi, startHapi } from '../support/hapi.ts';
import { finding } from '../unit/hooks/alerts.ts';

/** The first validation loads the definitions of R4: minutes on a machine that does other things. */
const SLOW_MS = 300_000;
const NOTE = 'Ärztlicher Bericht. 💊 Developed a diffuse rash on amoxicillin. Stopped it.';
const QUOTE = 'Developed a diffuse rash on amoxicillin.';

let hapi: Hapi;
let client: FhirClient;

beforeAll(async () => {
  hapi = await startHapi();
  client = newClient();
}, 400_000);

afterAll(async () => {
  await hapi?.stop();
}, 120_000);

function newClient(): FhirClient {
  return createFhirClient({ baseUrl: hapi.baseUrl, timeoutMs: 90_000, maximumRetries: 5 });
}

async function put(resource: FhirResource & { id: string }): Promise<void> {
  const response = await fetch(`${hapi.baseUrl}/${resource.resourceType}/${resource.id}`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/fhir+json' },
    body: JSON.stringify(resource),
  });
  if (!response.ok) throw new Error(`PUT ${resource.resourceType}: ${response.status}`);
}

async function get<Type extends FhirResource | Bundle>(path: string): Promise<Type> {
  const response = await fetch(`${hapi.baseUrl}/${path}`);
  return (await response.json()) as Type;
}

/** A patient with one note on the server, and what the note says. */
async function patientWithNote(changes: Partial<Finding> = {}): Promise<Finding> {
  const patientId = `p-${randomUUID()}`;
  const documentId = `d-${randomUUID()}`;
  await put({ resourceType: 'Patient', id: patientId });
  await put({
    resourceType: 'DocumentReference',
    id: documentId,
    status: 'current',
    subject: { reference: `Patient/${patientId}` },
    content: [
      {
        attachment: {
          contentType: 'text/plain; charset=utf-8',
          data: Buffer.from(NOTE).toString('base64'),
        },
      },
    ],
  });
  const base = finding();
  const start = NOTE.indexOf(QUOTE);
  return finding({
    patientId,
    evidence: {
      ...base.evidence,
      start,
      end: start + QUOTE.length,
      attachmentSpan: { start, end: start + QUOTE.length },
      source: {
        ...base.evidence.source,
        server: hapi.baseUrl,
        patientId,
        reference: `DocumentReference/${documentId}`,
      },
    },
    ...changes,
  });
}

function reportOf(...findings: Finding[]): AdverseEventReport {
  const [report] = selectReports(findings, { threshold: 0, recorded: new Set() }).reports;
  if (!report) throw new Error('nothing to report');
  return report;
}

/**
 * Errors but one: R4's own package holds the v3-ObservationValue of 2018, which ends before the AI
 * codes; terminology.hl7.org has them since 2021, and HAPI takes no newer code system for its own.
 */
function errorsIn({ issue }: OperationOutcome): unknown[] {
  return issue.filter(
    ({ severity, diagnostics }) =>
      (severity === 'error' || severity === 'fatal') &&
      diagnostics !==
        "Unknown code 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue#AIAST'",
  );
}

async function versionsOf(reference: string): Promise<number> {
  return (await get<Bundle>(`${reference}/_history`)).entry?.length ?? 0;
}

async function provenancesOf({ id }: AdverseEventReport): Promise<Provenance[]> {
  const found = await get<Bundle<Provenance>>(`Provenance?target=AdverseEvent/${id}`);
  return (found.entry ?? []).flatMap(({ resource }) => (resource ? [resource] : []));
}

describe('What is written is valid by $validate', () => {
  beforeAll(async () => {
    const warmUp = () => client.validate(suggestedAdverseEvent(finding()));
    await warmUp().catch(warmUp);
  }, SLOW_MS);

  const variants: [string, Partial<Finding>, Parameters<typeof finding>[1]?][] = [
    ['coded on both sides', {}],
    [
      'serious, severe, with an outcome',
      {
        seriousness: ['hospitalisation', 'life-threatening'],
        severity: 'severe',
        outcome: 'resolvedWithSequelae',
      },
    ],
    ['an event in words alone', {}, { eventCoding: null }],
  ];

  test.each(variants)(
    '%s',
    // The default keeps the function at two parameters: else Jest takes the third for `done` and waits.
    async (_name, changes, words = {}) => {
      const report = reportOf(finding(changes, words));
      const { entry = [] } = buildReportTransaction(report, '2026-11-26T08:00:00.000Z');
      const resources = entry.flatMap(({ resource }) =>
        resource ? [resource as FhirResource] : [],
      );
      expect(resources.map(({ resourceType }) => resourceType)).toEqual([
        'Device',
        'AdverseEvent',
        'Provenance',
      ]);
      for (const resource of [...resources, suggestedAdverseEvent(report.findings[0])]) {
        expect(errorsIn(await client.validate(resource))).toEqual([]);
      }
    },
    SLOW_MS,
  );

  test('and a code that R4 does not have would not be', async () => {
    const event = suggestedAdverseEvent(finding({ outcome: 'ongoing' }));
    const wrong = { ...event, actuality: 'perhaps' } as unknown as AdverseEvent;
    expect(errorsIn(await client.validate(wrong))).not.toEqual([]);
  });
});

describe('Writing to a real server', () => {
  test('is read back with the mark of software, and its Provenance leads to the quoted words', async () => {
    const report = reportOf(await patientWithNote());
    expect(await writeReports(client, [report])).toMatchObject([{ result: 'created' }]);
    const event = await get<AdverseEvent>(`AdverseEvent/${report.id}`);
    expect(event.meta?.security).toMatchObject([{ code: 'AIAST' }]);
    expect(event.contained).toMatchObject([{ resourceType: 'Medication' }]);

    const [provenance, ...others] = await provenancesOf(report);
    expect(others).toEqual([]);
    expect(provenance?.agent[0]?.who.reference).toBe(event.contributor?.[0]?.reference);
    const device = await get(provenance?.agent[0]?.who.reference ?? '');
    expect(device).toMatchObject({ resourceType: 'Device', version: [{ value: 'jnrf-test' }] });

    const [entity] = provenance?.entity ?? [];
    const document = await get<DocumentReference>(entity?.what.reference ?? '');
    const text = Buffer.from(document.content[0]?.attachment.data ?? '', 'base64').toString();
    const [derivation] = entity?.extension ?? [];
    const part = (name: string) => derivation?.extension?.find(({ url }) => url === name);
    const offset = part('offset')?.valueInteger ?? 0;
    expect(text.slice(offset, offset + (part('length')?.valueInteger ?? 0))).toBe(QUOTE);
    expect(entity?.extension).toContainEqual(
      expect.objectContaining({ valueString: document.meta?.versionId }),
    );
  });

  test('twice gives one of each, in one version', async () => {
    const report = reportOf(await patientWithNote());
    await writeReports(client, [report]);
    expect(await writeReports(client, [report])).toMatchObject([{ result: 'unchanged' }]);
    expect(await versionsOf(`AdverseEvent/${report.id}`)).toBe(1);
    const provenances = await provenancesOf(report);
    expect(provenances).toHaveLength(1);
    expect(await versionsOf(`Provenance/${provenances[0]?.id}`)).toBe(1);
  });

  test('several writers at once make one', async () => {
    const one = await patientWithNote();
    const reports = [reportOf(one)];
    const outcomes = await Promise.all(
      Array.from({ length: 4 }, () => writeReports(newClient(), reports)),
    );
    for (const [outcome] of outcomes) {
      expect(outcome?.result).toMatch(/^(created|updated|unchanged)$/);
    }
    const found = await get<Bundle>(`AdverseEvent?subject=Patient/${one.patientId}`);
    expect(found.total).toBe(1);
    expect(await provenancesOf(reportOf(one))).toHaveLength(1);
  });

  test('what a later note adds goes into the same AdverseEvent', async () => {
    const first = await patientWithNote();
    const later = await patientWithNote({ id: 'f2', patientId: first.patientId });
    await writeReports(client, [reportOf(first)]);
    const report = reportOf(first, later);
    expect(await writeReports(client, [report])).toMatchObject([{ result: 'updated' }]);
    const event = await get<AdverseEvent>(`AdverseEvent/${report.id}`);
    expect(event.referenceDocument).toHaveLength(2);
    expect((await provenancesOf(report))[0]?.entity).toHaveLength(2);
  });

  test('what a person changed stays, although HAPI keeps the label that was left out', async () => {
    const one = await patientWithNote();
    const report = reportOf(one);
    await writeReports(client, [report]);
    const { meta: _, ...event } = await get<AdverseEvent>(`AdverseEvent/${report.id}`);
    await put({ ...event, id: report.id, event: { text: 'Drug eruption' } });
    const more = reportOf({ ...one, severity: 'mild' });
    expect(await writeReports(client, [more])).toMatchObject([{ result: 'reviewed' }]);
    expect(await get(`AdverseEvent/${report.id}`)).toMatchObject({
      event: { text: 'Drug eruption' },
    });
  });

  test('what a person deleted does not come back', async () => {
    const report = reportOf(await patientWithNote());
    await writeReports(client, [report]);
    const [provenance] = await provenancesOf(report);
    for (const path of [`Provenance/${provenance?.id}`, `AdverseEvent/${report.id}`]) {
      expect((await fetch(`${hapi.baseUrl}/${path}`, { method: 'DELETE' })).ok).toBe(true);
    }
    expect(await writeReports(client, [report])).toMatchObject([{ result: 'withdrawn' }]);
  });

  test('what the server refuses is told with its OperationOutcome; the others are written', async () => {
    const nobody = finding({ patientId: `nobody-${randomUUID()}` });
    const good = await patientWithNote();
    const outcomes = await writeReports(client, [reportOf(nobody), reportOf(good)]);
    expect(outcomes).toMatchObject([
      {
        result: 'refused',
        status: expect.any(Number),
        operationOutcome: { resourceType: 'OperationOutcome' },
      },
      { result: 'created' },
    ]);
  });

  test('a token that is not accepted is a refusal too, and not in its words', async () => {
    const locked = createFhirClient({
      baseUrl: hapi.securedUrl,
      accessToken: 'not-the-token',
      timeoutMs: 60_000,
      maximumRetries: 1,
    });
    const [outcome] = await writeReports(locked, [reportOf(finding())]);
    expect(outcome).toMatchObject({ result: 'refused', status: 401 });
    expect(JSON.stringify(outcome)).not.toContain('not-the-token');
  });
});
