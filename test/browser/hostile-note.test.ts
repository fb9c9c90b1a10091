import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pino } from 'pino';
import type { Browser, Page } from 'playwright-core';
import type { CdsService } from '../../src/cds-hooks/router.ts';
import { demoRouter } from '../../src/demo/demo-router.ts';
import { loadSampleChart, type SamplePatient } from '../../src/demo/load-sample-chart.ts';
import { createApplication } from '../../src/server/application.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import { findChromium, launchChromium } from '../support/chromium.mjs';

const HOSTILE = [
  '<script>window.hurt = true</script>',
  '<img src=x onerror="window.hurt = true">',
  '<svg onload="window.hurt = true"></svg>',
  '<a href="javascript:window.hurt = true">press</a>',
  '<iframe srcdoc="<script>parent.hurt = true</script>"></iframe>',
].join('\n');

/** A card of a service that escapes nothing: the page must not lean on the service's good will. */
const hostileService: CdsService<'patient-view'> = {
  definition: { hook: 'patient-view', id: 'hostile', description: 'says what it likes' },
  call: () =>
    Promise.resolve({
      cards: [
        {
          uuid: 'hostile-card',
          summary: HOSTILE.slice(0, 139),
          detail: `${HOSTILE}\n\n[press here](javascript:window.hurt=true)`,
          indicator: 'info' as const,
          source: { label: HOSTILE },
        },
      ],
    }),
};

function hostileChart(): SamplePatient[] {
  const [patient] = loadSampleChart();
  if (!patient) throw new Error('the sample chart is empty');
  const notes = patient.notes.slice(0, 2).map((note, index) => ({
    ...note,
    title: HOSTILE,
    author: HOSTILE,
    contentType: index === 0 ? 'text/html; charset=utf-8' : 'text/plain; charset=utf-8',
    bytes: Buffer.from(`<p>harmless words</p>${HOSTILE}`),
  }));
  return [{ ...patient, family: HOSTILE, notes }];
}

(findChromium() ? describe : describe.skip)(
  'the demo page with a hostile chart and service',
  () => {
    let server: Server;
    let browser: Browser;
    let page: Page;

    beforeAll(async () => {
      const application = createApplication({
        services: [hostileService],
        onFeedback: () => Promise.resolve(),
        health: () => Promise.resolve({ status: 'ok' }),
        metrics: createMetrics(),
        logger: pino({ level: 'silent' }),
        mount: (app) => app.use(demoRouter(hostileChart())),
      });
      server = application.listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      browser = await launchChromium();
      page = await browser.newPage();
      await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/demo/`);
      await page.locator('#patients button').first().click();
      await page.locator('.card').waitFor();
    });

    afterAll(async () => {
      await browser?.close();
      server?.close();
    });

    async function nothingRan(): Promise<void> {
      expect(await page.evaluate('window.hurt')).toBeUndefined();
      const foreign = 'main :is(script, iframe, svg, img, object), main [onerror], main [onload]';
      expect(await page.locator(foreign).count()).toBe(0);
      expect(await page.locator('a[href^="javascript:" i]').count()).toBe(0);
    }

    test('shows the mark-up of a card as text', async () => {
      expect(await page.locator('.card h3').textContent()).toContain('<script>');
      expect(await page.locator('.card .markdown').textContent()).toContain('[press here]');
      await nothingRan();
    });

    test.each([
      ['HTML', 0],
      ['plain text', 1],
    ])('opens a hostile note in %s without running it', async (_format, index) => {
      await page.locator(`[data-note="p01-n0${index + 1}"]`).click();
      await page.locator('#note').getByText('harmless words').waitFor();
      await nothingRan();
    });

    test('has a policy that would have stopped a script, and no patient in the address', async () => {
      const response = await page.request.get(page.url());
      expect(response.headers()['content-security-policy']).toContain("script-src 'self'");
      expect(new URL(page.url()).search + new URL(page.url()).hash).toBe('');
    });
  },
);
