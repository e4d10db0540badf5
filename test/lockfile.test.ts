import { readFileSync } from 'node:fs';
import { satisfies } from 'semver';
import { expect, test } from 'vitest';

const oldestNode = '20.19.0';

/** Packages that ask for a newer Node, and why that does not matter. */
const exceptions: Readonly<Record<string, string>> = {
  '@prisma/streams-local': 'a part of the Prisma CLI, an optional peer of its client, which no installation runs',
};

type LockedPackage = {
  readonly version?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
  readonly resolved?: string;
  readonly engines?: { readonly node?: string };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
};

const file = new URL('../package-lock.json', import.meta.url);
const { packages } = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, LockedPackage> };

test('all that an installation runs says that it runs on the oldest Node we promise', () => {
  const tooNew = Object.entries(packages)
    .filter(([folder, { dev }]) => !dev && !(nameIn(folder) in exceptions))
    .filter(([, { engines }]) => engines?.node && !satisfies(oldestNode, engines.node))
    .map(([folder, { version, engines }]) => `${folder}@${version} wants node ${engines!.node}`);
  expect(tooNew).toEqual([]);
});

test('the lockfile names no registry: packages come from the one that npm is configured for', () => {
  const addresses = Object.entries(packages).filter(([, { resolved, link }]) => resolved && !link);
  expect(addresses).toEqual([]);
});

// npm forgets packages of other systems where its registry has no version of them: `npm ci` fails on those systems then.
test('all that a package needs is in the lockfile, for every system', () => {
  const missing = Object.entries(packages).flatMap(([folder, locked]) =>
    Object.keys({ ...locked.dependencies, ...locked.optionalDependencies })
      .filter((name) => !isFound(folder, name))
      .map((name) => `${folder} needs ${name}`),
  );
  expect(missing).toEqual([]);
});

test('versions of what we depend on are exact', () => {
  const loose = Object.entries(packages)
    .filter(([folder]) => !folder.includes('node_modules'))
    .flatMap(([folder, { dependencies, devDependencies }]) =>
      Object.entries({ ...dependencies, ...devDependencies }).map(([name, range]) => ({ folder, name, range })),
    )
    .filter(({ range }) => !/^(npm:[^@]+@)?\d+\.\d+\.\d+/.test(range));
  expect(loose).toEqual([]);
});

const nameIn = (folder: string) => folder.replace(/^.*node_modules\//, '');

/** Looks as Node does: beside the package, then upwards. */
function isFound(folder: string, name: string): boolean {
  if (packages[`${folder && `${folder}/`}node_modules/${name}`]) return true;
  if (folder === '') return false;
  const above = folder.lastIndexOf('/node_modules/');
  return isFound(above < 0 ? '' : folder.slice(0, above), name);
}
