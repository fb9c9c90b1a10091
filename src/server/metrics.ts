import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Prometheus metrics (https://prometheus.io/docs/practices/naming/). No label holds patient data. */
export interface Metrics {
  readonly registry: Registry;
  request(of: { method: string; route: string; status: number; durationMs: number }): void;
  /** What one hook call came to. */
  guidance(of: {
    hook: string;
    cards: readonly { indicator: string }[];
    documents: number;
    pendingDocuments: number;
    unreadableDocuments: number;
  }): void;
  feedback(of: { outcome: string }): void;
  close(): void;
}

/** @param options.process also measure the process itself: memory, event loop, garbage collection */
export function createMetrics(options: { readonly process?: boolean } = {}): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Histogram({
    name: 'vigilnote_http_request_duration_seconds',
    help: 'Time to answer an HTTP request',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const cards = new Counter({
    name: 'vigilnote_cards_total',
    help: 'Cards given out',
    labelNames: ['hook', 'indicator'],
    registers,
  });
  const documents = new Counter({
    name: 'vigilnote_documents_total',
    help: 'Documents that hook calls looked at, by what became of them',
    labelNames: ['outcome'],
    registers,
  });
  const feedback = new Counter({
    name: 'vigilnote_feedback_total',
    help: 'Cards that users accepted or overrode',
    labelNames: ['outcome'],
    registers,
  });
  const started = new Gauge({
    name: 'vigilnote_start_time_seconds',
    help: 'When this process began to serve, Unix time',
    registers,
  });
  started.setToCurrentTime();
  if (options.process) collectDefaultMetrics({ register: registry, prefix: 'vigilnote_' });
  return {
    registry,
    request: ({ method, route, status, durationMs }) =>
      requests.observe({ method, route, status: String(status) }, durationMs / 1000),
    guidance: (of) => {
      for (const { indicator } of of.cards) cards.inc({ hook: of.hook, indicator });
      documents.inc(
        { outcome: 'read' },
        Math.max(0, of.documents - of.pendingDocuments - of.unreadableDocuments),
      );
      documents.inc({ outcome: 'pending' }, of.pendingDocuments);
      documents.inc({ outcome: 'unreadable' }, of.unreadableDocuments);
    },
    feedback: ({ outcome }) => feedback.inc({ outcome }),
    close: () => registry.clear(),
  };
}
