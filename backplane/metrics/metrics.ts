import { collectDefaultMetrics, Counter, Gauge as PromGauge, Registry } from 'prom-client';
import type { Gauge } from './gauge.js';
import type { Tally } from './tally.js';

/** What `/metrics` answers. */
export type MetricsPage = { page(): Promise<{ readonly contentType: string; readonly body: string }> };

export type Metrics = MetricsPage & {
  /** Where a process keeps its own counters. */
  readonly registry: Registry;
  /** Shows the tally on the page as it is when the page is asked for. */
  show(tally: Tally): void;
  /** Shows what is read when the page is asked for. */
  watch(gauge: Gauge): void;
};

/** Counters of this process, labelled with its name. */
export function createMetrics(name: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ process: name });
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    show: ({ name, help, label, counts }) =>
      void new Counter({
        name,
        help,
        labelNames: [label],
        registers: [registry],
        collect() {
          this.reset();
          for (const [value, count] of counts) this.inc({ [label]: value }, count);
        },
      }),
    watch: ({ name, help, label, read }) =>
      void new PromGauge({
        name,
        help,
        labelNames: [label],
        registers: [registry],
        async collect() {
          const reading = await read().catch(() => null);
          this.reset();
          if (reading) this.set({ [label]: reading.of }, reading.value);
        },
      }),
    page: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}
