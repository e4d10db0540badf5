import type { BuildPlan } from './plan.js';
import { siteFolders, type NodeBuild, type NodePlan, type SitePlan } from './plan-node.js';

export type DockerfileOptions = {
  readonly port: number;
  /** Names of the variables that the build may see. */
  readonly buildVariables: readonly string[];
};

/** Where a planned build finds the app, and our own files, in its context. */
export const contextFolders = { app: 'app/', platform: 'platform/' } as const;

/** The Dockerfile of a plan. What changes seldom comes first, so that a changed source costs one layer. */
export function dockerfile(plan: BuildPlan, options: DockerfileOptions): string {
  return `${linesOf(plan, options).join('\n')}\n`;
}

function linesOf(plan: BuildPlan, options: DockerfileOptions): string[] {
  if (plan.kind === 'static') {
    const folder = plan.folder === '.' ? 'app/' : `app/${plan.folder}/`;
    return [...served, `COPY ${exec([folder, '/site/'])}`];
  }
  if (plan.kind === 'site') return [...siteStage(plan, options), ...served, 'COPY --from=build /site /site/'];
  return programLines(plan, options);
}

const served = [
  'FROM nginx:alpine',
  'ENTRYPOINT []',
  'CMD ["nginx", "-e", "/dev/stderr", "-g", "daemon off;"]',
  'USER 65534:65534',
  'COPY platform/nginx.conf /etc/nginx/nginx.conf',
];

function programLines(plan: NodePlan, options: DockerfileOptions): string[] {
  const { nodeMajor, install, build, prune, start } = plan;
  const head = [`FROM node:${nodeMajor}-alpine`, 'WORKDIR /app', `ENV PORT=${options.port}`, `CMD ${exec(start)}`];
  if (!build) return [...head, ...installLines(plan, options), 'ENV NODE_ENV=production', 'USER node', 'COPY app/ ./'];
  return [
    ...head,
    ...(install ? installLines(plan, options) : args(options)),
    'COPY app/ ./',
    `RUN ${exec(build)}`,
    ...(prune ? [`RUN ${exec(prune)}`] : []),
    'ENV NODE_ENV=production',
    'USER node',
  ];
}

function siteStage({ nodeMajor, build, folder, ...steps }: SitePlan, options: DockerfileOptions): string[] {
  return [
    `FROM node:${nodeMajor}-alpine AS build`,
    'WORKDIR /app',
    ...(steps.install ? installLines(steps, options) : args(options)),
    'COPY app/ ./',
    ...(build ? [`RUN ${exec(build)}`] : []),
    folder === null ? takeFound : takeFolder(folder),
  ];
}

export const noSite = `The build wrote no index.html into ${siteFolders.join(', ')}. Add a start script, write the site into one of them, or name its folder as the output directory in the settings.`;

export function noOutput(folder: string): string {
  return `The build left no folder ${folder} inside the app's folder: correct the output directory in the settings, or have the build write there.`;
}

const candidates = siteFolders.map((folder) => `${folder}/index.html`).join(' ');
const takeFound = `RUN for index in ${candidates}; do if [ -f "$index" ]; then mv "$(dirname "$index")" /site; exit 0; fi; done; echo "${noSite}" >&2; exit 1`;

/** What the customer wrote is handed over as arguments: the script itself is the same for everybody. */
function takeFolder(folder: string): string {
  const script = `site=$(realpath "./$1" 2>&1) && [ -d "$site" ] && case "$site/" in "$PWD"/*) mv "$site" /site; exit;; esac; echo "$2" >&2; exit 1`;
  return `RUN ${exec(['sh', '-c', script, 'sh', folder, noOutput(folder)])}`;
}

function installLines(
  { install, installFiles }: Pick<NodeBuild, 'install' | 'installFiles'>,
  options: DockerfileOptions,
) {
  if (!install) return [];
  const files = installFiles.map((name) => `app/${name}`);
  return [...args(options), `COPY ${JSON.stringify([...files, './'])}`, ...yarnLinker(install), `RUN ${exec(install)}`];
}

/** Yarn's own linker leaves no node_modules that a plain `node` would find. */
function yarnLinker(install: readonly string[]): string[] {
  return install.includes('yarn') ? ['ENV YARN_NODE_LINKER=node-modules'] : [];
}

function args({ buildVariables }: DockerfileOptions): string[] {
  return buildVariables.map((name) => `ARG ${name}`);
}

function exec(argv: readonly string[]): string {
  return JSON.stringify(argv);
}
