import { subFolderProblem } from '@apployd/core/git-reference';
import type { ProjectSettings } from '@apployd/core/settings';
import { planNode, type NodePlan, type SitePlan } from './plan-node.js';
import { emptyManifest, type TreeFacts } from './read-tree.js';

/** How an app without a Dockerfile is built and started: the same for every runtime. */
export type BuildPlan = NodePlan | SitePlan | StaticPlan;

/** Files that are served as they are. `folder` is relative to the app's, `.` for that itself. */
export type StaticPlan = { readonly kind: 'static'; readonly folder: string };

export type NoPlan = { readonly kind: 'none'; readonly reason: string };

/** What the customer chose: it wins over what the folder tells. */
export type PlanSettings = Pick<ProjectSettings, 'buildCommand' | 'startCommand' | 'outputDirectory'>;

/** Decides from the settings, and from what the app's folder holds where they leave it open. */
export function planBuild(facts: TreeFacts, settings: PlanSettings): BuildPlan | NoPlan {
  const problem = facts.manifestProblem ?? outputProblem(settings);
  if (problem) return { kind: 'none', reason: problem };
  const { buildCommand, startCommand } = settings;
  const isChosen = buildCommand !== null || startCommand !== null;
  const manifest = facts.manifest ?? (isChosen ? emptyManifest : null);
  const planned = manifest && planNode(facts, manifest, settings);
  return planned ?? planStatic(facts, settings) ?? { kind: 'none', reason: nothingFound(facts, settings) };
}

function outputProblem({ outputDirectory }: PlanSettings): string | null {
  const problem = outputDirectory === null ? null : subFolderProblem(outputDirectory);
  return problem && `The output directory is refused. ${problem}`;
}

function planStatic({ names, publicIndex, outputFolder }: TreeFacts, { outputDirectory }: PlanSettings) {
  const folder = outputDirectory === null ? indexFolder(names, publicIndex) : outputFolder;
  return folder === null ? null : ({ kind: 'static', folder } as const);
}

function indexFolder(names: readonly string[], publicIndex: boolean): string | null {
  if (names.includes('index.html')) return '.';
  return publicIndex ? 'public' : null;
}

function nothingFound({ names, manifest }: TreeFacts, { outputDirectory }: PlanSettings): string {
  if (outputDirectory !== null) {
    return `There is no folder ${outputDirectory} inside the app's folder, and nothing builds it: correct the output directory in the settings, or give a build command.`;
  }
  if (manifest) {
    return 'package.json does not say how the app starts: add a "start" script, name its file as "main", or give a start command in the settings.';
  }
  const some = names.slice(0, 8).join(', ');
  const found = some ? `The folder holds ${some}.` : 'The folder is empty.';
  return `There is no Dockerfile, package.json, index.html or public/index.html. ${found} Is the root directory right?`;
}
