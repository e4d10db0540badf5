import { planNode, type NodePlan, type SitePlan } from './plan-node.js';
import type { TreeFacts } from './read-tree.js';

/** How an app without a Dockerfile is built and started: the same for every runtime. */
export type BuildPlan = NodePlan | SitePlan | StaticPlan;

/** Files that are served as they are. */
export type StaticPlan = { readonly kind: 'static'; readonly folder: '.' | 'public' };

export type NoPlan = { readonly kind: 'none'; readonly reason: string };

/** Decides from what the app's folder holds. */
export function planBuild(facts: TreeFacts): BuildPlan | NoPlan {
  if (facts.manifestProblem) return { kind: 'none', reason: facts.manifestProblem };
  const planned = facts.manifest ? planNode(facts, facts.manifest) : null;
  return planned ?? planStatic(facts) ?? { kind: 'none', reason: nothingFound(facts) };
}

function planStatic({ names, publicIndex }: TreeFacts): StaticPlan | null {
  if (names.includes('index.html')) return { kind: 'static', folder: '.' };
  return publicIndex ? { kind: 'static', folder: 'public' } : null;
}

function nothingFound({ names, manifest }: TreeFacts): string {
  if (manifest) {
    return 'package.json does not say how the app starts: add a "start" script, or name its file as "main".';
  }
  const some = names.slice(0, 8).join(', ');
  const found = some ? `The folder holds ${some}.` : 'The folder is empty.';
  return `There is no Dockerfile, package.json, index.html or public/index.html. ${found} Is the root directory right?`;
}
