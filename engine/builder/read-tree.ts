import { open, readdir, realpath, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { z } from 'zod';
import { isInside } from '../source/app-folder.js';

/** What a plan is made from. */
export type TreeFacts = {
  /** Names in the app's folder, sorted; a folder's name ends in `/`. */
  readonly names: readonly string[];
  /** Null when there is none. */
  readonly manifest: PackageManifest | null;
  /** Why package.json cannot be read, if so. */
  readonly manifestProblem: string | null;
  /** The beginning of the lock file that is there, by its name. */
  readonly lockFiles: Readonly<Record<string, string>>;
  /** Whether public/index.html is there. */
  readonly publicIndex: boolean;
  /** Whether package.json's `main` is a file. */
  readonly mainExists: boolean;
  /** The output directory of the settings as it is in the source, relative and links resolved; null when it is no folder inside. */
  readonly outputFolder: string | null;
};

const texts = z.record(z.string(), z.string()).catch({});

const packageManifest = z.object({
  main: z.string().optional().catch(undefined),
  scripts: texts.default({}),
  engines: texts.default({}),
  packageManager: z.string().optional().catch(undefined),
  workspaces: z.unknown().optional(),
  dependencies: texts.default({}),
  devDependencies: texts.default({}),
  optionalDependencies: texts.default({}),
});

export type PackageManifest = z.infer<typeof packageManifest>;

/** That of a folder without a package.json. */
export const emptyManifest: PackageManifest = packageManifest.parse({});

/** Reads the few files that tell how an app is built; none outside its folder, and of large ones only the beginning. */
export async function readTree(root: string, outputDirectory: string | null): Promise<TreeFacts> {
  const entries = await readdir(root, { withFileTypes: true });
  const names = entries.map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name)).sort();
  const { manifest, manifestProblem } = await readManifest(root, names.includes('package.json'));
  const lockFiles = lockFileNames.filter((name) => names.includes(name));
  const beginnings = await Promise.all(lockFiles.map((name) => readInside(root, name, lockFileBytes)));
  return {
    names: names.slice(0, maxNames),
    manifest,
    manifestProblem,
    lockFiles: Object.fromEntries(lockFiles.map((name, index) => [name, beginnings[index] ?? ''])),
    publicIndex: await isFileInside(root, 'public/index.html'),
    mainExists: manifest?.main !== undefined && (await isFileInside(root, manifest.main)),
    outputFolder: outputDirectory === null ? null : await folderInside(root, outputDirectory),
  };
}

/** A folder's path inside another, `.` for that itself, links resolved; null when it is no folder, or leads out. */
export async function folderInside(root: string, path: string): Promise<string | null> {
  const real = await insidePath(root, path);
  if (real === null || !(await stat(real)).isDirectory()) return null;
  return relative(await realpath(root), real) || '.';
}

/** The beginning of a file, or null when it is no file, or a link that leads out of the folder. */
export async function readInside(root: string, path: string, maxBytes: number): Promise<string | null> {
  const real = await insidePath(root, path);
  if (real === null || !(await stat(real)).isFile()) return null;
  const file = await open(real, 'r');
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(maxBytes), length: maxBytes });
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

const lockFileNames = ['package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'pnpm-lock.yaml'];
const lockFileBytes = 4 * 1024;
const manifestBytes = 1024 * 1024;
const maxNames = 1_000;

async function readManifest(root: string, there: boolean) {
  if (!there) return { manifest: null, manifestProblem: null };
  const text = await readInside(root, 'package.json', manifestBytes);
  try {
    return { manifest: packageManifest.parse(JSON.parse((text ?? '').replace(/^\uFEFF/, ''))), manifestProblem: null };
  } catch {
    return { manifest: null, manifestProblem: 'package.json is not valid JSON.' };
  }
}

async function isFileInside(root: string, path: string): Promise<boolean> {
  const real = await insidePath(root, path);
  return real !== null && (await stat(real)).isFile();
}

async function insidePath(root: string, path: string): Promise<string | null> {
  if (path.includes('\0')) return null;
  const [real, realRoot] = await Promise.all([realpath(join(root, path)).catch(() => null), realpath(root)]);
  return real !== null && isInside(real, realRoot) ? real : null;
}
