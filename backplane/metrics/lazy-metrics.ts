import type { MetricsPage } from './metrics.js';

/** Loaded, and counted, from the first time that somebody asks: an idle process does not pay for what nobody reads. */
export function lazyMetrics(name: string): MetricsPage {
  let loaded: Promise<MetricsPage> | undefined;
  return {
    async page() {
      loaded ??= import('./metrics.js').then(({ createMetrics }) => createMetrics(name));
      return (await loaded).page();
    },
  };
}
