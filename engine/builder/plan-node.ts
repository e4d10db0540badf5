import intersects from 'semver/ranges/intersects.js';
import validRange from 'semver/ranges/valid.js';
import { plainNode, shellCommand, startArguments } from './command-line.js';
import type { NoPlan, PlanSettings } from './plan.js';
import { packageManager, type PackageManager } from './package-manager.js';
import type { PackageManifest, TreeFacts } from './read-tree.js';

/** A Node program. */
export type NodePlan = NodeBuild & {
  readonly kind: 'node';
  readonly start: readonly string[];
};

/** A site that a Node build writes into `folder`; null: into one of `siteFolders`. */
export type SitePlan = NodeBuild & { readonly kind: 'site'; readonly folder: string | null };

export type NodeBuild = {
  readonly nodeMajor: number;
  /** Files that `install` needs, package.json among them. */
  readonly installFiles: readonly string[];
  /** Null when there is nothing to install. */
  readonly install: readonly string[] | null;
  readonly build: readonly string[] | null;
  readonly prune: readonly string[] | null;
};

/** Where builds put a site, in the order in which they are looked at. */
export const siteFolders = ['dist', 'build', 'out', '_site', 'public'] as const;

export const nodeMajors = [20, 22, 24] as const;

/** Without a package.json `manifest` is an empty one, and the settings tell. */
export function planNode(
  facts: TreeFacts,
  manifest: PackageManifest,
  { buildCommand, startCommand, outputDirectory }: PlanSettings,
): NodePlan | SitePlan | NoPlan | null {
  const hasBuild = buildCommand !== null || 'build' in manifest.scripts;
  const start = outputDirectory === null ? startOf(facts, manifest, { startCommand, hasBuild }) : null;
  if (!start && !hasBuild) return null;
  const nodeMajor = majorFor(manifest.engines['node']);
  if (nodeMajor === null) return unsupported(manifest.engines['node'] ?? '');
  const manager = packageManager(facts, manifest, !hasBuild);
  const installs = facts.manifest !== null && needsInstall(facts, manifest);
  const steps = {
    nodeMajor,
    installFiles: ['package.json', ...manager.files.filter((name) => facts.names.includes(name))],
    install: installs ? manager.install : null,
    build: buildOf(buildCommand, manager, hasBuild),
    prune: installs && hasBuild ? manager.prune : null,
  };
  return start ? { kind: 'node', ...steps, start } : { kind: 'site', ...steps, folder: outputDirectory };
}

function buildOf(buildCommand: string | null, manager: PackageManager, hasBuild: boolean): readonly string[] | null {
  if (buildCommand !== null) return shellCommand(buildCommand);
  return hasBuild ? manager.run('build') : null;
}

type Chosen = { readonly startCommand: string | null; readonly hasBuild: boolean };

function startOf(
  facts: TreeFacts,
  { scripts, main }: PackageManifest,
  { startCommand, hasBuild }: Chosen,
): readonly string[] | null {
  if (startCommand !== null) return startArguments(startCommand);
  if (scripts.start !== undefined) return direct(scripts) ?? ['npm', 'start'];
  if (hasBuild && facts.names.includes('index.html')) return null;
  if (main && (facts.mainExists || (hasBuild && isBuilt(main)))) return ['node', main];
  const file = ['server.js', 'index.js'].find((name) => facts.names.includes(name));
  return file ? ['node', file] : null;
}

/** A plain `node file` needs no npm around it: it starts sooner, and signals reach it. */
function direct(scripts: Readonly<Record<string, string>>): readonly string[] | null {
  const { start = '', prestart, poststart } = scripts;
  return prestart === undefined && poststart === undefined ? plainNode(start) : null;
}

function isBuilt(main: string): boolean {
  return /^(\.\/)?(dist|build|lib|out)\/[^.]/.test(main) && !main.split('/').includes('..');
}

function needsInstall(facts: TreeFacts, manifest: PackageManifest): boolean {
  const { dependencies, devDependencies, optionalDependencies, scripts, workspaces } = manifest;
  const wanted = { ...dependencies, ...devDependencies, ...optionalDependencies };
  const hooks = ['preinstall', 'install', 'postinstall', 'prepare'];
  return (
    Object.keys(wanted).length > 0 ||
    hooks.some((hook) => hook in scripts) ||
    workspaces !== undefined ||
    facts.names.includes('pnpm-workspace.yaml')
  );
}

/** The oldest supported major that package.json admits; null when it admits none. */
function majorFor(range: string | undefined): number | null {
  if (range === undefined || validRange(range) === null) return nodeMajors[0];
  return nodeMajors.find((major) => intersects(range, `${major}.x`)) ?? null;
}

function unsupported(range: string): NoPlan {
  return {
    kind: 'none',
    reason: `package.json asks for Node ${range.slice(0, 100)}; apps are built with Node ${nodeMajors.join(', ')}. Widen "engines", or add a Dockerfile.`,
  };
}
