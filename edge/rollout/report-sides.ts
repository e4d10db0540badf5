import { addLatencies } from '@apployd/core/latency';
import type { Router, SideSample } from '../router/router.js';
import type { SideStore } from './side-store.js';

/** Of so many sides the figures are kept; above that those that had no visitor for longest begin anew, which no rollout lives to see. */
const mostKept = 2_000;

/** Writes down what both sides of rollouts have answered since this process began: totals, so that it may be done twice. */
export function reportSides(router: Pick<Router, 'sides'>, store: SideStore, edgeId: string): () => Promise<void> {
  const totals = new Map<string, SideSample>();
  const untold = new Set<string>();
  const add = (sample: SideSample) => {
    const key = `${sample.deploymentId} ${sample.isNew}`;
    const before = totals.get(key);
    totals.delete(key);
    totals.set(key, before ? sum(before, sample) : sample);
    untold.add(key);
  };
  const forgetOldest = () => {
    for (const key of totals.keys()) {
      if (totals.size <= mostKept) return;
      totals.delete(key);
      untold.delete(key);
    }
  };
  return async () => {
    (await router.sides()).forEach(add);
    forgetOldest();
    const telling = [...untold];
    if (telling.length === 0) return;
    await store.set(
      edgeId,
      telling.flatMap((key) => totals.get(key) ?? []),
    );
    for (const key of telling) untold.delete(key);
  };
}

const sum = (some: SideSample, more: SideSample): SideSample => ({
  ...some,
  errors: some.errors + more.errors,
  latency: addLatencies(some.latency, more.latency),
});
