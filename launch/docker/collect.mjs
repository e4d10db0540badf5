// `node collect.mjs server /out`: copies what one process needs to run, and nothing else: its room, the rooms that it
// knows, as they were built, and the packages that all of these depend on.
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';

const [room = '', into = ''] = process.argv.slice(2);
const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const ofRooms = ['package.json', 'dist', 'migrations'];
/** Types, source maps, manuals, and Prisma's compilers for other databases: more than half of all bytes. */
const neverRun =
  /\.(map|d\.[cm]?ts|tsbuildinfo)$|(README|CHANGELOG)\.md$|query_compiler_\w+\.(cockroachdb|mysql|sqlite|sqlserver)\./i;

const reached = new Set();
reach(room);
for (const folder of reached) (isRoom(folder) ? copyRoom : copyPackage)(folder);
for (const file of ['LICENSE', 'package.json']) copy(file, path.join(into, file));
copy('launch/docker/is-healthy.mjs', path.join(into, 'is-healthy.mjs'));

function reach(folder) {
  if (reached.has(folder)) return;
  reached.add(folder);
  const { link, resolved } = packages[folder];
  if (link) return reach(resolved);
  for (const name of neededBy(packages[folder])) reach(find(folder, name));
}

/** Peers that a package can do without stay out. npm would bring them: the Prisma CLI, bundlers, test runners. */
function neededBy({ dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta }) {
  const peers = Object.keys(peerDependencies ?? {}).filter((name) => !peerDependenciesMeta?.[name]?.optional);
  return [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers];
}

/** Looks as Node does: beside the package, then upwards. */
function find(folder, name) {
  const found = `${folder && `${folder}/`}node_modules/${name}`;
  if (packages[found]) return found;
  if (folder === '') throw new Error(`${name} is not in package-lock.json.`);
  return find(folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/'))), name);
}

function isRoom(folder) {
  return !folder.includes('node_modules');
}

function copyRoom(folder) {
  for (const name of ofRooms) {
    const from = path.join(folder, name);
    if (existsSync(from)) copy(from, path.join(into, from));
  }
}

/** Packages for other systems are not there. Those inside of a package are its own only when they were reached. */
function copyPackage(folder) {
  const target = path.join(into, folder);
  const { link, resolved } = packages[folder];
  mkdirSync(path.dirname(target), { recursive: true });
  if (link) symlinkSync(path.relative(path.dirname(target), path.join(into, resolved)), target);
  else if (existsSync(folder)) copy(folder, target);
}

function copy(from, to) {
  const filter = (file) => path.basename(file) !== 'node_modules' && !neverRun.test(file);
  cpSync(from, to, { recursive: true, filter });
}
