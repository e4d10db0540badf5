import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { run } from '../command.js';
import type { Recipe } from './recipes.js';

const created = '2024-01-01T00:00:00Z';

/** Writes what `docker load` takes. The same files give the same image id: no time, owner or order of today is in it. */
export async function writeArchive(recipe: Recipe, folder: string): Promise<string> {
  const content = path.join(folder, 'content');
  await mkdir(content);
  const digests: string[] = [];
  for (const fill of recipe.layers) digests.push(await writeLayer(fill, folder, content));
  await writeFile(path.join(content, 'config.json'), JSON.stringify(imageConfig(recipe, digests)));
  await writeFile(path.join(content, 'manifest.json'), JSON.stringify([manifest(recipe, digests)]));
  return tar(content, path.join(folder, 'image.tar'));
}

async function writeLayer(fill: (root: string) => Promise<void>, folder: string, content: string): Promise<string> {
  const root = path.join(folder, 'root');
  await mkdir(root, { mode: 0o755 });
  await fill(root);
  const file = await tar(root, path.join(folder, 'layer.tar'), homeOfNode);
  await rm(root, { recursive: true });
  const digest = await sha256(file);
  await rename(file, path.join(content, `${digest}.tar`));
  return digest;
}

const manifest = (recipe: Recipe, digests: readonly string[]) => ({
  Config: 'config.json',
  RepoTags: [recipe.tag],
  Layers: digests.map((digest) => `${digest}.tar`),
});

const architectures: Record<string, string> = { x64: 'amd64', arm64: 'arm64' };

const imageConfig = (recipe: Recipe, digests: readonly string[]) => ({
  architecture: architectures[process.arch] ?? process.arch,
  os: 'linux',
  created,
  config: recipe.config,
  rootfs: { type: 'layers', diff_ids: digests.map((digest) => `sha256:${digest}`) },
  history: digests.map(() => ({ created, created_by: 'apployd setup:host' })),
});

/** The one folder in an image that is not root's. */
const homeOfNode = { folder: './home/node', owner: '1000' };

async function tar(folder: string, file: string, owned?: typeof homeOfNode): Promise<string> {
  const write = (args: readonly string[]) => run('tar', ['-C', folder, '-f', file, ...args], { timeoutMs: 120_000 });
  await write(['-c', ...sameEverywhere('0'), ...(owned ? [`--exclude=${owned.folder}`] : []), '.']);
  if (owned && existsSync(path.join(folder, owned.folder)))
    await write(['-r', ...sameEverywhere(owned.owner), owned.folder]);
  return file;
}

const sameEverywhere = (owner: string) => [
  ...['--format=gnu', '--sort=name', `--mtime=${created}`],
  ...['--numeric-owner', `--owner=${owner}`, `--group=${owner}`],
];

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
