// Regenerates docs/images/demo.png: the demo page in Chromium, on the real service and model.
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { demoRouter } from '../src/demo/demo-router.ts';
import { loadSampleChart } from '../src/demo/load-sample-chart.ts';
import { readConfiguration } from '../src/server/configuration.ts';
import { startVigilnote } from '../src/server/start.ts';
import { launchChromium } from '../test/support/chromium.mjs';

const MAXIMUM_BYTES = 400_000;
const path = fileURLToPath(new URL('../docs/images/demo.png', import.meta.url));

const vigilnote = await startVigilnote(
  {
    ...readConfiguration({ VIGILNOTE_LOG_LEVEL: 'error' }),
    port: 0,
    database: 'memory:',
    // Time enough to read every note before the answer: the picture does not show a cold start.
    budgetMs: 60_000,
  },
  { mount: (application) => application.use(demoRouter(loadSampleChart())) },
);
const browser = await launchChromium();
try {
  const page = await browser.newPage({ viewport: { width: 1360, height: 920 } });
  await page.goto(`${vigilnote.url}/demo/`);
  await page.getByRole('button', { name: /Okafor/ }).click();
  await page.getByText('patient-view answered').waitFor();
  await page.getByLabel('Drug').fill('amoxicillin');
  await page.getByRole('button', { name: 'Draft' }).click();
  await page.getByRole('button', { name: 'Sign orders' }).click();
  await page.getByText('order-sign answered').waitFor();
  await page.locator('.card').first().getByRole('link').first().click();
  await page.locator('#note mark').first().waitFor();
  await page.evaluate('scrollTo(0, 0)');
  await page.screenshot({ path });
} finally {
  await browser.close();
  await vigilnote.close();
}
const { size } = statSync(path);
if (size > MAXIMUM_BYTES) throw new Error(`${path} has ${size} bytes, more than ${MAXIMUM_BYTES}`);
process.stdout.write(`docs/images/demo.png written, ${Math.round(size / 1024)} kB\n`);
