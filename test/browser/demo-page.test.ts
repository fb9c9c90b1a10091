import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';
import { demoRouter } from '../../src/demo/demo-router.ts';
import { loadSampleChart } from '../../src/demo/load-sample-chart.ts';
import { readConfiguration } from '../../src/server/configuration.ts';
import { startVigilnote } from '../../src/server/start.ts';
import { findChromium, launchChromium } from '../support/chromium.mjs';

(findChromium() ? describe : describe.skip)('the demo page over the whole of Vigilnote', () => {
  let vigilnote: Awaited<ReturnType<typeof startVigilnote>>;
  let browser: Browser;
  let page: Page;
  const faults: string[] = [];

  beforeAll(async () => {
    vigilnote = await startVigilnote(
      {
        ...readConfiguration({ VIGILNOTE_LOG_LEVEL: 'error' }),
        port: 0,
        database: 'memory:',
        budgetMs: 60_000,
      },
      { mount: (application) => application.use(demoRouter(loadSampleChart())) },
    );
    browser = await launchChromium();
    page = await browser.newPage({ viewport: { width: 1360, height: 900 } });
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(message.text());
    });
    await page.goto(`${vigilnote.url}/demo/`);
  });

  afterAll(async () => {
    await browser?.close();
    await vigilnote?.close();
  });

  async function openChart(name: RegExp): Promise<void> {
    await page.getByRole('button', { name }).click();
    await page.getByRole('heading', { level: 1, name }).waitFor();
    await page.locator('.cards-head', { hasText: 'patient-view answered' }).waitFor();
  }

  async function draft(drug: string): Promise<void> {
    await page.getByLabel('Drug').fill(drug);
    await page.getByRole('button', { name: 'Draft', exact: true }).click();
    await page.locator('.cards-head', { hasText: 'order-select answered' }).waitFor();
  }

  async function sign(): Promise<void> {
    await page.getByRole('button', { name: 'Sign orders' }).click();
    await page.locator('.cards-head', { hasText: 'order-sign answered' }).waitFor();
  }

  function card(words: RegExp): Locator {
    return page.locator('.card', { has: page.getByRole('heading', { name: words }) });
  }

  test('an order for a drug that a note warns of brings a card with the sentence it rests on', async () => {
    await openChart(/Okafor, Rosalind/);
    await draft('amoxicillin');
    expect(await page.locator('#drafts').textContent()).toContain('RxNorm 308191');
    await sign();
    await card(/amoxicillin/i).waitFor();
    await card(/amoxicillin/i)
      .getByRole('link')
      .first()
      .click();
    await page.locator('#note mark').first().waitFor();
    const marked = (await page.locator('#note mark').allTextContents()).join(' ');
    expect(marked).toMatch(/amoxicillin/i);
  });

  test('an accepted suggestion shows in the chart and goes back as feedback', async () => {
    const stored = page.waitForResponse((response) => response.url().endsWith('/feedback'));
    await card(/amoxicillin/i)
      .getByRole('button', { name: /^Record/ })
      .first()
      .click();
    expect((await stored).status()).toBe(200);
    await page
      .locator('.chart-header')
      .getByText(/amoxicillin/i)
      .waitFor();
  });

  test('what was overridden with a reason is not said again', async () => {
    await openChart(/Brandt, Walter/);
    await draft('lisinopril');
    await sign();
    const shown = card(/lisinopril/i);
    await shown.getByLabel('Reason for overriding').selectOption({ index: 1 });
    await shown.getByLabel('Comment').fill('seen');
    const stored = page.waitForResponse((response) => response.url().endsWith('/feedback'));
    await shown.getByRole('button', { name: 'Override' }).click();
    expect((await stored).status()).toBe(200);
    await shown.getByText(/^Overridden: /).waitFor();
    await sign();
    await page.locator('#drafts li').waitFor({ state: 'detached' });
    expect(await card(/lisinopril/i).count()).toBe(0);
    await page.getByText(/^Signed: lisinopril/).waitFor();
  });

  test('an order on which there is nothing to say is signed without a card', async () => {
    // A drug that no note of hers names.
    await openChart(/Nakamura, Grace/);
    await draft('losartan');
    await sign();
    await page.getByText(/^Signed: losartan/).waitFor();
    expect(await page.locator('.card').count()).toBe(0);
  });

  test('request and response can be read, and nothing failed on the way', async () => {
    await page.locator('#wire summary').click();
    expect(await page.locator('#wire-request').textContent()).toContain('"hook": "order-sign"');
    expect(await page.locator('#wire-response').textContent()).toContain('"cards": []');
    expect(faults).toEqual([]);
    expect(page.url()).toBe(`${vigilnote.url}/demo/`);
  });
});
