import type { PackageManifest, TreeFacts } from './read-tree.js';

/** How an app's dependencies are installed and its scripts run. */
export type PackageManager = {
  /** Files that the installation needs beside package.json. */
  readonly files: readonly string[];
  readonly install: readonly string[];
  /** Removes what only the build needed; null when it cannot be told apart. */
  readonly prune: readonly string[] | null;
  run(script: string): readonly string[];
};

/** The package manager whose lock file is there, else npm. */
export function packageManager(facts: TreeFacts, manifest: PackageManifest, omitDev: boolean): PackageManager {
  const wanted = manifest.packageManager;
  if ('pnpm-lock.yaml' in facts.lockFiles) return pnpm(facts.lockFiles['pnpm-lock.yaml'] ?? '', wanted);
  if ('yarn.lock' in facts.lockFiles) return yarn(facts.lockFiles['yarn.lock'] ?? '', wanted);
  return npm(facts, omitDev);
}

const quietly = ['--no-audit', '--no-fund'];

function npm({ lockFiles, names }: TreeFacts, omitDev: boolean): PackageManager {
  const lockFile = ['npm-shrinkwrap.json', 'package-lock.json'].find((name) => name in lockFiles);
  const dev = omitDev ? '--omit=dev' : '--include=dev';
  return {
    files: [...(lockFile ? [lockFile] : []), ...present(names, ['.npmrc'])],
    install: ['npm', lockFile ? 'ci' : 'install', dev, ...quietly],
    prune: omitDev ? null : ['npm', 'prune', '--omit=dev', ...quietly],
    run: (script) => ['npm', 'run', script],
  };
}

/** npx brings the package manager, so that images and machines need none but npm. */
function pnpm(lockFile: string, wanted: string | undefined): PackageManager {
  const program = ['npx', '--yes', `--package=pnpm@${named('pnpm', wanted) ?? pnpmFor(lockFile)}`, '--', 'pnpm'];
  return {
    files: ['pnpm-lock.yaml', '.npmrc', 'pnpm-workspace.yaml'],
    install: [...program, 'install', '--frozen-lockfile', '--prod=false'],
    prune: null,
    run: (script) => [...program, 'run', script],
  };
}

function yarn(lockFile: string, wanted: string | undefined): PackageManager {
  const classic = lockFile.includes('yarn lockfile v1');
  const version = named('yarn', wanted) ?? (classic ? '1.22.22' : '4.18.1');
  const from = version.startsWith('1.') ? `yarn@${version}` : `@yarnpkg/cli-dist@${version}`;
  const program = ['npx', '--yes', `--package=${from}`, '--', 'yarn'];
  return {
    files: ['yarn.lock', '.npmrc', '.yarnrc', '.yarnrc.yml'],
    install: [...program, 'install', ...(classic ? ['--frozen-lockfile', '--production=false'] : ['--immutable'])],
    prune: null,
    run: (script) => [...program, 'run', script],
  };
}

/** The exact version that package.json asks for, without its digest. */
function named(name: string, wanted: string | undefined): string | null {
  const [, manager, version] = /^(\w+)@(\d+\.\d+\.\d+(?:-[\w.]+)?)(?:\+.*)?$/.exec(wanted ?? '') ?? [];
  return manager === name ? (version ?? null) : null;
}

function pnpmFor(lockFile: string): string {
  const format = Number(/lockfileVersion: '?(\d+)/.exec(lockFile)?.[1] ?? 9);
  if (format >= 9) return '10.34.8';
  return format >= 6 ? '8.15.9' : '7.33.7';
}

function present(names: readonly string[], wanted: readonly string[]): string[] {
  return wanted.filter((name) => names.includes(name));
}
