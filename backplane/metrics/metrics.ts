import { collectDefaultMetrics, Registry } from 'prom-client';

export type Metrics = {
  /** Where a process keeps its own counters. */
  readonly registry: Registry;
  /** What `/metrics` answers. */
  page(): Promise<{ readonly contentType: string; readonly body: string }>;
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
