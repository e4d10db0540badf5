import type { Readable } from 'node:stream';
import { subFolderProblem } from '@apployd/core/git-reference';
import type { LogWriter } from '@apployd/backplane/logs/log-writer';
import { buildError, noBuildPlan } from './build-failure.js';
import type { BuildRequest } from './builder.js';
import { listContext, packContext, type ExtraFile } from './context.js';
import { secretsUnsupported } from './docker-failure.js';
import { contextFolders, dockerfile } from './dockerfile.js';
import { dockerfileFacts, type DockerfileFacts } from './dockerfile-facts.js';
import { labelled } from './labelled.js';
import { nginxConf } from './nginx-conf.js';
import { planBuild, type BuildPlan } from './plan.js';
import { readInside, readTree } from './read-tree.js';

/** What the Docker engine is given to build. */
export type DockerRecipe = {
  /** Path in the context. */
  readonly dockerfile: string;
  readonly facts: DockerfileFacts;
  readonly context: Readable;
};

/** The repository's own Dockerfile, else a planned one. */
export async function dockerRecipe(request: BuildRequest, log: LogWriter, owner?: string): Promise<DockerRecipe> {
  const path = request.settings.dockerfilePath ?? 'Dockerfile';
  const text = await ownDockerfile(request, path);
  if (text === null) return plannedRecipe(request, log, owner);
  for (const name of unusedIn(request)) {
    log.line(`The ${name} of the settings is not used: the Dockerfile says how it is built.`, 'PLATFORM');
  }
  return ownRecipe(request, text, owner);
}

function unusedIn({ settings: { buildCommand, outputDirectory } }: BuildRequest): readonly string[] {
  return [
    ...(buildCommand === null ? [] : ['build command']),
    ...(outputDirectory === null ? [] : ['output directory']),
  ];
}

const dockerfileBytes = 256 * 1024;

async function ownDockerfile({ tree, settings }: BuildRequest, path: string): Promise<string | null> {
  const problem = subFolderProblem(path);
  if (problem) throw noBuildPlan(`The Dockerfile's path is refused. ${problem}`);
  const text = await readInside(tree.root, path, dockerfileBytes);
  if (text === null && settings.dockerfilePath !== null) {
    throw noBuildPlan(
      `There is no file ${path} in the app's folder. Correct the Dockerfile's path in the settings, or clear it.`,
    );
  }
  return text;
}

async function ownRecipe(request: BuildRequest, text: string, owner?: string): Promise<DockerRecipe> {
  const { tree } = request;
  const facts = dockerfileFacts(text);
  if (facts.wantsSecrets) throw secretsUnsupported();
  if (/[\\`]\s*$/.test(text))
    throw buildError('The Dockerfile ends in the middle of an instruction: finish its last line.');
  const ignoring = (await readInside(tree.root, '.dockerignore', dockerfileBytes)) ?? '.dockerignore';
  const entries = await listContext(tree.root);
  const extra: ExtraFile[] = [
    { path: labelledDockerfile, content: labelled(text, owner) },
    { path: '.dockerignore', content: `${ignoring}\n${labelledDockerfile}\n` },
  ];
  const others = entries.filter((entry) => entry.path !== '.dockerignore');
  return { dockerfile: labelledDockerfile, facts, context: packContext(tree.root, others, { extra }) };
}

/** Left out of what COPY sees: it is ours, not the app's. */
const labelledDockerfile = '.apployd.Dockerfile';

async function plannedRecipe(request: BuildRequest, log: LogWriter, owner?: string): Promise<DockerRecipe> {
  const { tree, settings, buildVariables } = request;
  const plan = planBuild(await readTree(tree.root, settings.outputDirectory), settings);
  if (plan.kind === 'none') throw noBuildPlan(plan.reason);
  const text = dockerfile(plan, { port: settings.port, buildVariables: Object.keys(buildVariables).sort() });
  log.line(`No Dockerfile: built as ${describePlan(plan)}.`, 'PLATFORM');
  const entries = await listContext(tree.root, { ignored: plan.kind === 'static' ? [] : ['node_modules'] });
  const extra: ExtraFile[] = [
    { path: `${contextFolders.platform}Dockerfile`, content: labelled(text, owner) },
    {
      path: `${contextFolders.platform}nginx.conf`,
      content: nginxConf({ port: settings.port, singlePage: plan.kind === 'site' }),
    },
  ];
  return {
    dockerfile: `${contextFolders.platform}Dockerfile`,
    facts: dockerfileFacts(text),
    context: packContext(tree.root, entries, { folder: contextFolders.app, extra }),
  };
}

export function describePlan(plan: BuildPlan): string {
  if (plan.kind === 'static') return plan.folder === '.' ? 'a static site' : `a static site in ${plan.folder}`;
  return plan.kind === 'site' ? `a site that Node ${plan.nodeMajor} builds` : `a Node ${plan.nodeMajor} app`;
}
