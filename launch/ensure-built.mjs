import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { builtAt, root } from './build-stamp.mjs';

const leftOut = new Set(['node_modules', 'dist', 'generated', '.git']);

/** Runs `npm run build` unless every room is built and nothing that a build reads has changed since. */
export async function ensureBuilt() {
  const rooms = await readRooms();
  const changed = await newest(rooms);
  if (rooms.every((room) => existsSync(path.join(room, 'dist'))) && changed <= (await builtAt())) return;
  console.error('apployd: building …');
  await build();
}

/** What `npm run build` builds: the rooms that `tsc -b` knows, and the SDK. */
async function readRooms() {
  const { references } = JSON.parse(await readFile(path.join(root, 'tsconfig.json'), 'utf8'));
  return [...references.map((reference) => reference.path), 'sdk'].map((room) => path.join(root, room));
}

async function newest(rooms) {
  const shared = ['tsconfig.base.json', 'package-lock.json'].map((name) => path.join(root, name));
  const times = await Promise.all([...shared.map(changedAt), ...rooms.map(newestBelow)]);
  return Math.max(...times);
}

async function newestBelow(folder) {
  const entries = (await readdir(folder, { withFileTypes: true })).filter(({ name }) => !leftOut.has(name));
  const times = entries.map((entry) => {
    const at = path.join(folder, entry.name);
    if (entry.isDirectory()) return newestBelow(at);
    return isSource(entry.name) ? changedAt(at) : 0;
  });
  return Math.max(0, ...(await Promise.all(times)));
}

const isSource = (name) =>
  /\.(ts|tsx|css|prisma|graphql)$|^(package|tsconfig)\.json$/.test(name) && !/\.(test|conformance)\.ts$/.test(name);
const changedAt = async (file) => (await stat(file)).mtimeMs;

/** On standard error, so that `--print-config` prints its JSON alone. */
function build() {
  return new Promise((resolve, reject) => {
    const child = spawn('npm', ['run', '--silent', 'build'], { cwd: root, stdio: ['ignore', 2, 2] });
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error('the build failed.'))));
  });
}
