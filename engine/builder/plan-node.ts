import intersects from 'semver/ranges/intersects.js';
import validRange from 'semver/ranges/valid.js';
import type { NoPlan } from './plan.js';
import { packageManager } from './package-manager.js';
import type { PackageManifest, TreeFacts } from './read-tree.js';

/** A Node program. */
export type NodePlan = NodeBuild & {
  readonly kind: 'node';
  readonly start: readonly string[];
};

/** A site that a Node build writes into one of `siteFolders`. */
export type SitePlan = NodeBuild & { readonly kind: 'site' };

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

export function planNode(facts: TreeFacts, manifest: PackageManifest): NodePlan | SitePlan | NoPlan | null {
  const start = startCommand(facts, manifest);
  const hasBuild = 'build' in manifest.scripts;
  if (!start && !hasBuild) return null;
  const nodeMajor = majorFor(manifest.engines['node']);
  if (nodeMajor === null) return unsupported(manifest.engines['node'] ?? '');
  const manager = packageManager(facts, manifest, !hasBuild);
  const installs = needsInstall(facts, manifest);
  const steps = {
    nodeMajor,
    installFiles: ['package.json', ...manager.files.filter((name) => facts.names.includes(name))],
    install: installs ? manager.install : null,
    build: hasBuild ? manager.run('build') : null,
    prune: installs && hasBuild ? manager.prune : null,
  };
  return start ? { kind: 'node', ...steps, start } : { kind: 'site', ...steps };
}

function startCommand(facts: TreeFacts, { scripts, main }: PackageManifest): readonly string[] | null {
  if (scripts.start !== undefined) return direct(scripts) ?? ['npm', 'start'];
  const builds = 'build' in scripts;
  if (builds && facts.names.includes('index.html')) return null;
  if (main && (facts.mainExists || (builds && isBuilt(main)))) return ['node', main];
  const file = ['server.js', 'index.js'].find((name) => facts.names.includes(name));
  return file ? ['node', file] : null;
}

/** A plain `node file` needs no npm around it: it starts sooner, and signals reach it. */
function direct(scripts: Readonly<Record<string, string>>): readonly string[] | null {
  const { start = '', prestart, poststart } = scripts;
  const plain = /^node( [\w@%+=:,./-]+)+$/.test(start.trim());
  return plain && prestart === undefined && poststart === undefined ? start.trim().split(' ') : null;
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
