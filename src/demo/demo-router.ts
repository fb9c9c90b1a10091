import { fileURLToPath } from 'node:url';
import express, { Router } from 'express';
import { sampleFhirEndpoint } from './fhir-endpoint.ts';
import type { SamplePatient } from './load-sample-chart.ts';
import { DEMO_ORDERS } from './orders.ts';

const PAGE = fileURLToPath(new URL('page', import.meta.url));

/**
 * `/demo`, the page that plays the EHR, and under `/demo/fhir` the chart it shows. To be mounted at
 * the root of the application.
 */
export function demoRouter(chart: readonly SamplePatient[]): Router {
  const router = Router();
  router.use('/demo/fhir', sampleFhirEndpoint(chart));
  router.get('/demo/orders.json', (_request, response) => {
    response.set('Cache-Control', 'no-store').json(DEMO_ORDERS);
  });
  router.use('/demo', express.static(PAGE, { index: 'index.html', cacheControl: false }));
  return router;
}
