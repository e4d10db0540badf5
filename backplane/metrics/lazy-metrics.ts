import type { Gauge } from './gauge.js';
import type { Metrics, MetricsPage } from './metrics.js';
import { tallyOf, type Tally } from './tally.js';

export type LazyMetrics = MetricsPage & {
  /** Something that this process counts, by the value of one label. */
  tally(name: string, help: string, label: string): Tally;
  /** Something that this process looks at whenever somebody asks for the page. */
  gauge(gauge: Gauge): void;
};

/** Loaded, and counted, from the first time that somebody asks: an idle process does not pay for what nobody reads. */
export function lazyMetrics(name: string): LazyMetrics {
  const tallies: Tally[] = [];
  const gauges: Gauge[] = [];
  let loaded: Promise<Metrics> | undefined;
  return {
    tally(...of) {
      const tally = tallyOf(...of);
      tallies.push(tally);
      return tally;
    },
    gauge: (gauge) => void gauges.push(gauge),
    async page() {
      loaded ??= import('./metrics.js').then(({ createMetrics }) => createMetrics(name));
      const metrics = await loaded;
      for (const tally of tallies.splice(0)) metrics.show(tally);
      for (const gauge of gauges.splice(0)) metrics.watch(gauge);
      return metrics.page();
    },
  };
}
