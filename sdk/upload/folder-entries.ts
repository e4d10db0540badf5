import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import ignore, { type Ignore } from 'ignore';

/** A file, folder or symbolic link to pack; `target` is its path in the archive, with slashes. */
export type FolderEntry = {
  readonly source: string;
  readonly target: string;
  readonly type: 'file' | 'directory' | 'link';
  readonly isExecutable: boolean;
  readonly sizeBytes: number;
};

/**
 * What a folder holds, in the order of the names, without what its .gitignore files, its .dockerignore and `extra` leave out, and never
 * .git and node_modules. Sockets and devices are left out; a link that leads out of the folder is refused.
 */
export async function folderEntries(folder: string, extra: readonly string[] = []): Promise<FolderEntry[]> {
  const root: Rule = { below: '', rule: ignore().add(['.git', 'node_modules', ...extra]) };
  const docker = await readPatterns(path.join(folder, '.dockerignore'));
  return entriesBelow(folder, '', [root, { below: '', rule: ignore().add(docker.map(fromDockerPattern)) }]);
}

type Rule = { readonly below: string; readonly rule: Ignore };

async function entriesBelow(folder: string, below: string, outer: readonly Rule[]): Promise<FolderEntry[]> {
  const here = path.join(folder, below);
  const rules = [...outer, { below, rule: ignore().add(await readPatterns(path.join(here, '.gitignore'))) }];
  const names = (await readdir(here)).sort((one, other) => (one < other ? -1 : 1));
  const found: FolderEntry[] = [];
  for (const name of names) {
    const target = below + name;
    const source = path.join(here, name);
    const stats = await lstat(source);
    if (isLeftOut(rules, stats.isDirectory() ? `${target}/` : target)) continue;
    const entry = { source, target, isExecutable: (stats.mode & 0o111) !== 0, sizeBytes: stats.size };
    if (stats.isDirectory()) {
      found.push({ ...entry, target: `${target}/`, type: 'directory' });
      found.push(...(await entriesBelow(folder, `${target}/`, rules)));
    } else if (stats.isSymbolicLink()) {
      await requireInside(folder, source, target);
      found.push({ ...entry, type: 'link' });
    } else if (stats.isFile()) found.push({ ...entry, type: 'file' });
  }
  return found;
}

/** The innermost file that has an opinion wins, as with git. */
function isLeftOut(rules: readonly Rule[], target: string): boolean {
  for (const { below, rule } of [...rules].reverse()) {
    const { ignored, unignored } = rule.test(target.slice(below.length));
    if (ignored) return true;
    if (unignored) return false;
  }
  return false;
}

async function readPatterns(file: string): Promise<string[]> {
  try {
    return (await readFile(file, 'utf8')).split(/\r?\n/);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** In .dockerignore a pattern starts at the root of the folder, with or without a slash. */
function fromDockerPattern(pattern: string): string {
  const [, not = '', rest = ''] = /^\s*(!?)\s*(?:\.?\/)?(.*?)\s*$/.exec(pattern) ?? [];
  return rest === '' || rest.startsWith('#') ? '' : `${not}/${rest}`;
}

async function requireInside(folder: string, source: string, target: string): Promise<void> {
  const leadsTo = path.relative(folder, path.resolve(path.dirname(source), await readlink(source)));
  if (leadsTo === '..' || leadsTo.startsWith(`..${path.sep}`) || path.isAbsolute(leadsTo)) {
    throw new TypeError(`The link ${target} leads out of the folder. Replace it by what it points to, or ignore it.`);
  }
}
