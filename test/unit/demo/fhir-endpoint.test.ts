import { describe, expect, test } from '@jest/globals';
import express from 'express';
import type { Bundle } from 'fhir/r4.js';
import request from 'supertest';
import { sampleFhirEndpoint } from '../../../src/demo/fhir-endpoint.ts';
import { loadSampleChart } from '../../../src/demo/load-sample-chart.ts';

const application = express().use('/fhir', sampleFhirEndpoint(loadSampleChart()));
const agent = request(application);

async function ids(path: string): Promise<string[]> {
  const { body } = await agent.get(path).expect(200);
  return ((body as Bundle).entry ?? []).map(({ resource }) => resource?.id ?? '');
}

describe('the FHIR endpoint of the demo', () => {
  test('says what it can in its CapabilityStatement', async () => {
    const { body } = await agent
      .get('/fhir/metadata')
      .expect(200)
      .expect('content-type', /fhir\+json/);
    expect(body.fhirVersion).toBe('4.0.1');
    const types = body.rest[0].resource.map(({ type }: { type: string }) => type);
    expect(types).toEqual(expect.arrayContaining(['Patient', 'DocumentReference', 'Binary']));
  });

  test('pages through a search by its next links, each document once', async () => {
    const seen: string[] = [];
    let url: string | undefined = '/fhir/DocumentReference?patient=p10&_count=3';
    while (url) {
      const { body } = await agent.get(url).expect(200);
      const bundle = body as Bundle;
      expect(bundle.total).toBe(7);
      seen.push(...(bundle.entry ?? []).map(({ resource }) => resource?.id ?? ''));
      const next = bundle.link?.find(({ relation }) => relation === 'next')?.url;
      url = next && new URL(next).pathname + new URL(next).search;
    }
    expect(seen).toHaveLength(7);
    expect(new Set(seen).size).toBe(7);
  });

  test.each([
    ['date=ge2021-03-02', ['p10-n05', 'p10-n06', 'p10-n07']],
    ['date=gt2021-03-02', ['p10-n06', 'p10-n07']],
    ['date=lt2020-10-29', ['p10-n01', 'p10-n02']],
    ['date=le2020-10-29', ['p10-n01', 'p10-n02', 'p10-n03']],
    ['date=2020-10', ['p10-n02', 'p10-n03']],
    ['date=ge2021&date=lt2022', ['p10-n04', 'p10-n05', 'p10-n06']],
    ['status=superseded', ['p10-n02']],
    ['status=superseded,entered-in-error', ['p10-n02']],
    ['type=http://loinc.org|34746-8', ['p10-n04']],
    ['type=http://snomed.info/sct|34746-8', []],
    ['category=imaging', []],
  ])('DocumentReference?%s', async (query, expected) => {
    expect(await ids(`/fhir/DocumentReference?patient=Patient/p10&${query}`)).toEqual(expected);
  });

  test('sorts by date, newest first', async () => {
    const found = await ids(
      '/fhir/DocumentReference?patient=p01&category=clinical-note&_sort=-date',
    );
    expect(found).toEqual(['p01-n06', 'p01-n05', 'p01-n04', 'p01-n03', 'p01-n02', 'p01-n01']);
  });

  test('takes a search by POST, which keeps the patient out of the URL', async () => {
    const { body } = await agent
      .post('/fhir/AdverseEvent/_search')
      .type('form')
      .send({ subject: 'Patient/p08' })
      .expect(200);
    expect(body.entry[0].resource.suspectEntity[0].instance.reference).toBe('#suspect');
  });

  test('gives a Binary raw in its own charset, and as a resource to who asks for FHIR', async () => {
    const raw = await agent.get('/fhir/Binary/p03-n01').buffer(true).expect(200);
    expect(raw.headers['content-type']).toBe('text/plain; charset=windows-1252');
    const resource = await agent
      .get('/fhir/Binary/p03-n01')
      .set('Accept', 'application/fhir+json')
      .expect(200);
    const bytes = Buffer.from(resource.body.data, 'base64');
    expect(new TextDecoder('windows-1252').decode(bytes)).toContain('DERMATOLOGY CONSULT');
  });

  test.each([
    ['/fhir/DocumentReference?colour=red', 400, 'unknown search parameter "colour"'],
    ['/fhir/DocumentReference?date=yesterday', 400, 'date is "yesterday"'],
    ['/fhir/DocumentReference?_count=many', 400, '_count is "many"'],
    ['/fhir/DocumentReference?_sort=type', 400, '_sort is "type"'],
    ['/fhir/Observation', 404, 'unknown resource type "Observation"'],
    ['/fhir/Patient/p99', 404, 'Patient/p99 is not known'],
    ['/fhir/Binary/p99', 404, 'Binary/p99 is not known'],
  ])('%s is answered %i with an OperationOutcome', async (path, status, words) => {
    const { body } = await agent
      .get(path)
      .expect(status)
      .expect('content-type', /fhir\+json/);
    expect(body.resourceType).toBe('OperationOutcome');
    expect(body.issue[0].diagnostics).toContain(words);
  });

  test('is read only', async () => {
    const { body } = await agent.put('/fhir/Patient/p01').send({}).expect(405);
    expect(body.issue[0].diagnostics).toContain('read only');
  });
});
