import { access } from 'node:fs/promises';
import { execPath, version } from 'node:process';
import { join } from 'node:path';
import satisfies from 'semver/functions/satisfies.js';
import validRange from 'semver/ranges/valid.js';
import type { LogWriter } from '@apployd/backplane/logs/log-writer';
import { buildError, noBuildPlan } from './build-failure.js';
import type { BuildRequest } from './builder.js';
import { describePlan } from './docker-recipe.js';
import { noOutput, noSite } from './dockerfile.js';
import { planBuild, type BuildPlan, type NoPlan } from './plan.js';
import { siteFolders } from './plan-node.js';
import { folderInside, readTree, type TreeFacts } from './read-tree.js';
import { staticCommand } from './static-command.js';

/** What to run on this machine. Says in the log where that differs from what an image would do. */
export async function processPlan({ tree, settings }: BuildRequest, log: LogWriter): Promise<BuildPlan> {
  const facts = await readTree(tree.root, settings.outputDirectory);
  const plan = planBuild(facts, settings);
  const hasDockerfile = settings.dockerfilePath !== null || facts.names.includes('Dockerfile');
  if (hasDockerfile && !isOfTheFolder(plan, facts)) throw noBuildPlan(onlyDockerfile);
  if (plan.kind === 'none') throw noBuildPlan(plan.reason);
  if (hasDockerfile) log.line('The Dockerfile is not used: this installation runs apps as processes.', 'PLATFORM');
  log.line(`Built as ${describePlan(plan)}.`, 'PLATFORM');
  if (!suitsThisNode(facts))
    log.line(`package.json asks for another Node than ${version} of this machine.`, 'PLATFORM');
  return plan;
}

/** The command that starts a release, once it is built. */
export async function startOf(plan: BuildPlan, into: string): Promise<readonly string[]> {
  if (plan.kind === 'static') return staticCommand(await outputFolder(into, plan.folder), { singlePage: false });
  if (plan.kind === 'site') return staticCommand(await siteFolder(into, plan.folder), { singlePage: true });
  const [program = '', ...rest] = plan.start;
  return [program === 'node' ? execPath : program, ...rest];
}

const onlyDockerfile =
  'This installation runs apps as processes and cannot build a Dockerfile: add a package.json with a start script, or an index.html, or ask the operator for a Docker engine.';

/** Commands of the settings are meant for the image, where there is a Dockerfile and nothing else that tells of an app. */
function isOfTheFolder({ kind }: BuildPlan | NoPlan, { manifest }: TreeFacts): boolean {
  return kind === 'static' || (kind !== 'none' && manifest !== null);
}

function suitsThisNode({ manifest }: TreeFacts): boolean {
  const range = manifest?.engines['node'];
  return range === undefined || validRange(range) === null || satisfies(version, range);
}

async function siteFolder(into: string, chosen: string | null): Promise<string> {
  if (chosen !== null) return outputFolder(into, chosen);
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

/** Looked at once it is built: a link that the build has put there may lead out. */
async function outputFolder(into: string, folder: string): Promise<string> {
  const found = await folderInside(into, folder);
  if (found === null) throw buildError(noOutput(folder));
  return join(into, found);
}
