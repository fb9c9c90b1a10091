import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import { prefetchTemplates } from '../../../hooks/templates.ts';
import type { Card } from '../../../src/cds-hooks/card.ts';
import type { CdsRequest } from '../../../src/cds-hooks/request.ts';
import type { CdsService } from '../../../src/cds-hooks/router.ts';
import { createOutput } from '../../../src/cli/output.ts';
import { demoRouter } from '../../../src/demo/demo-router.ts';
import { createEhr, type Ehr } from '../../../src/demo/ehr.ts';
import { loadSampleChart } from '../../../src/demo/load-sample-chart.ts';
import { demoOrder, draftOrder } from '../../../src/demo/orders.ts';
import { runTour, scoreTour, type TourStep } from '../../../src/demo/tour.ts';
import { createTourReport } from '../../../src/demo/tour-report.ts';
import { createApplication } from '../../../src/server/application.ts';
import { createMetrics, type Metrics } from '../../../src/server/metrics.ts';

const servers: Server[] = [];
const firstPatients = loadSampleChart().slice(0, 1);

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

type Scripted = (request: CdsRequest, metrics: Metrics) => Card[];

/** A service over HTTP that says what the test has it say. */
async function ehrOver(script: Scripted): Promise<Ehr> {
  const metrics = createMetrics();
  const services = (['patient-view', 'order-select', 'order-sign'] as const).map(
    (hook): CdsService => ({
      definition: { hook, id: hook, description: hook, prefetch: prefetchTemplates() },
      call: (request) => Promise.resolve({ cards: script(request, metrics) }),
    }),
  );
  const application = createApplication({
    services,
    onFeedback: () => Promise.resolve(),
    health: () => Promise.resolve({ status: 'ok' }),
    metrics,
    logger: pino({ level: 'silent' }),
    mount: (app) => app.use(demoRouter(loadSampleChart())),
  });
  const server = application.listen(0, '127.0.0.1');
  servers.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  const serviceUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ehr = createEhr({
    serviceUrl,
    fhirUrl: `${serviceUrl}/demo/fhir`,
    userId: 'Practitioner/tester',
  });
  await ehr.discover();
  return ehr;
}

function card(summary: string): Card {
  return {
    uuid: summary,
    summary,
    detail: '> “**rash** on *it*”\n\nNote, 2023\n\n- Confidence: high\n\nShown because.',
    indicator: 'warning',
    source: { label: 'test' },
  };
}

function orderedText(request: CdsRequest): string {
  return JSON.stringify('draftOrders' in request.context ? request.context.draftOrders : '');
}

describe('the EHR of the tour', () => {
  test('prefetches what discovery asks for on patient-view, and names its server', async () => {
    const seen: CdsRequest[] = [];
    const ehr = await ehrOver((request) => {
      seen.push(request);
      return [];
    });
    await ehr.patientView('p08');
    await ehr.orderSign('p08', [draftOrder(demoOrder('ibuprofen'), 'p08', 'draft-1')]);
    expect(Object.keys(seen[0]?.prefetch ?? {}).sort()).toEqual(
      Object.keys(prefetchTemplates()).sort(),
    );
    expect(seen[0]?.prefetch?.adverseEvents).toMatchObject({ resourceType: 'Bundle', total: 1 });
    expect(seen[1]?.prefetch).toBeUndefined();
    expect(seen[1]?.fhirServer).toMatch(/\/demo\/fhir$/);
  });

  test('names call and status of what fails', async () => {
    const ehr = await ehrOver(() => {
      throw new Error('out of order');
    });
    await expect(ehr.orderSign('p01', [])).rejects.toThrow('/cds-services/order-sign answered 500');
  });
});

describe('the tour', () => {
  test('goes on asking until the notes are read, and counts hits, misses and vain cards', async () => {
    let views = 0;
    const ehr = await ehrOver((request, metrics) => {
      if (request.hook === 'patient-view') {
        views += 1;
        metrics.guidance({
          hook: request.hook,
          cards: [],
          documents: 6,
          pendingDocuments: Math.max(0, 3 - views),
          unreadableDocuments: 0,
        });
        return [];
      }
      // Finds amoxicillin's rash, misses lisinopril's cough, walks into the trap of naproxen.
      if (orderedText(request).includes('amoxicillin')) return [card('Amoxicillin: rash')];
      if (orderedText(request).includes('lisinopril')) return [card('Lisinopril: headache')];
      return orderedText(request).includes('naproxen') ? [card('Naproxen: ulcer')] : [];
    });
    const steps: TourStep[] = [];
    for await (const step of runTour(ehr, firstPatients)) steps.push(step);
    // Two with notes unread, one that finds them read, one to time what is known.
    expect(views).toBe(4);
    expect(steps[0]).toMatchObject({ kind: 'chart', coldPendingDocuments: 2 });
    const score = scoreTour(steps);
    expect(score.found).toBe(1);
    expect(score.missed.map(({ order }) => order.key)).toEqual(['lisinopril']);
    expect(score.silent).toBe(1);
    expect(score.spoke.map(({ order }) => order.key)).toEqual(['naproxen']);

    let printed = '';
    const stream = { write: (text: string) => (printed += text) };
    const report = createTourReport(createOutput({ stdout: stream, stderr: stream }, {}));
    for (const step of steps) report.step(step);
    report.summary(steps);
    for (const line of [
      'patient-view answered in',
      'with 2 notes unread',
      '■ warning  Amoxicillin: rash',
      '“rash on it”',
      '✗ missed: cough in n01',
      '✗ spoke on naproxen 500 MG Oral Tablet',
      '· silent on losartan',
      '1 of 2 adverse events found',
      '1 of 2 traps passed in silence',
    ]) {
      expect(printed).toContain(line);
    }
  });
});
