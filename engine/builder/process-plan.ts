import { access } from 'node:fs/promises';
import { execPath, version } from 'node:process';
import { join } from 'node:path';
import satisfies from 'semver/functions/satisfies.js';
import validRange from 'semver/ranges/valid.js';
import type { LogWriter } from '@apployd/backplane/logs/log-writer';
import { buildError, noBuildPlan } from './build-failure.js';
import type { BuildRequest } from './builder.js';
import { describePlan } from './docker-recipe.js';
import { noSite } from './dockerfile.js';
import { planBuild, type BuildPlan } from './plan.js';
import { siteFolders } from './plan-node.js';
import { readTree, type TreeFacts } from './read-tree.js';
import { staticCommand } from './static-command.js';

/** What to run on this machine. Says in the log where that differs from what an image would do. */
export async function processPlan({ tree, settings }: BuildRequest, log: LogWriter): Promise<BuildPlan> {
  const facts = await readTree(tree.root);
  const plan = planBuild(facts);
  const hasDockerfile = settings.dockerfilePath !== null || facts.names.includes('Dockerfile');
  if (plan.kind === 'none') throw noBuildPlan(hasDockerfile ? onlyDockerfile : plan.reason);
  if (hasDockerfile) log.line('The Dockerfile is not used: this installation runs apps as processes.', 'PLATFORM');
  log.line(`Built as ${describePlan(plan)}.`, 'PLATFORM');
  if (!suitsThisNode(facts))
    log.line(`package.json asks for another Node than ${version} of this machine.`, 'PLATFORM');
  return plan;
}

/** The command that starts a release, once it is built. */
export async function startOf(plan: BuildPlan, into: string): Promise<readonly string[]> {
  if (plan.kind === 'static') return staticCommand(join(into, plan.folder), { singlePage: false });
  if (plan.kind === 'site') return staticCommand(await siteFolder(into), { singlePage: true });
  const [program = '', ...rest] = plan.start;
  return [program === 'node' ? execPath : program, ...rest];
}

const onlyDockerfile =
  'This installation runs apps as processes and cannot build a Dockerfile: add a package.json with a start script, or an index.html, or ask the operator for a Docker engine.';

function suitsThisNode({ manifest }: TreeFacts): boolean {
  const range = manifest?.engines['node'];
  return range === undefined || validRange(range) === null || satisfies(version, range);
}

async function siteFolder(into: string): Promise<string> {
  for (const name of siteFolders) {
    const folder = join(into, name);
    const there = await access(join(folder, 'index.html')).then(
      () => true,
      () => false,
    );
    if (there) return folder;
  }
  throw buildError(noSite);
}
