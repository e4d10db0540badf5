import { collectDefaultMetrics, Registry } from 'prom-client';

/** What `/metrics` answers. */
export type MetricsPage = { page(): Promise<{ readonly contentType: string; readonly body: string }> };

export type Metrics = MetricsPage & {
  /** Where a process keeps its own counters. */
  readonly registry: Registry;
};

/** Counters of this process, labelled with its name. */
export function createMetrics(name: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ process: name });
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    page: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}
