import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { createReadStream } from 'node:fs';
import Docker from 'dockerode';
import { deadlineIn } from '../../../core/deadline.js';
import { findProgram } from '../command.js';
import { install } from '../debian.js';
import type { Suite } from '../../without.js';
import { writeArchive } from './archive.js';
import { recipes, type Recipe } from './recipes.js';

/** Makes sure that the engine has every base image that these suites' builds start from: what is there stays as it is. */
export async function ensureBaseImages(suites: readonly Suite[], say: (line: string) => void): Promise<void> {
  const docker = new Docker({ timeout: 120_000 });
  for (const recipe of recipes.filter(({ suite }) => suites.includes(suite))) {
    if (await exists(docker, recipe.tag)) continue;
    if (await pull(docker, recipe.tag)) say(`pulled ${recipe.tag}`);
    else {
      await make(docker, recipe);
      say(`made ${recipe.tag} from the files of this machine: no registry has answered`);
    }
  }
}

const exists = (docker: Docker, tag: string) =>
  docker
    .getImage(tag)
    .inspect()
    .then(
      () => true,
      () => false,
    );

const pullWithinMs = 240_000;

async function pull(docker: Docker, tag: string): Promise<boolean> {
  const abortSignal = deadlineIn(pullWithinMs);
  try {
    const stream = await docker.pull(tag, { abortSignal });
    await new Promise<void>((resolve, reject) =>
      docker.modem.followProgress(stream, (error) => (error ? reject(error) : resolve())),
    );
    return await exists(docker, tag);
  } catch {
    return false;
  }
}

async function make(docker: Docker, recipe: Recipe): Promise<void> {
  if (process.platform !== 'linux') throw new Error(`${recipe.tag} is missing and cannot be pulled or made here.`);
  await installWhatIsCopied(recipe);
  const folder = await mkdtemp(path.join(tmpdir(), 'apployd-base-image-'));
  try {
    const archive = await writeArchive(recipe, folder);
    await load(docker, archive);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  if (!(await exists(docker, recipe.tag))) throw new Error(`The engine did not take the image ${recipe.tag}.`);
}

async function installWhatIsCopied(recipe: Recipe): Promise<void> {
  const missing = [];
  for (const [program, debianPackage] of Object.entries(recipe.programs))
    if (!(await findProgram(program))) missing.push(debianPackage);
  if (missing.length > 0) await install(missing);
}

async function load(docker: Docker, archive: string): Promise<void> {
  const answer = await docker.loadImage(createReadStream(archive), { quiet: true });
  const said = await text(answer);
  if (said.includes('"error"')) throw new Error(`The engine refuses ${archive}: ${said.trim()}`);
}
