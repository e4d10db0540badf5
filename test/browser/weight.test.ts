import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';

const KiB = 1024;
const mostScripts = 200 * KiB;
const mostStyles = 12 * KiB;

type Part = { readonly module: string; readonly imports?: readonly string[] };
type Route = Part & { readonly id: string; readonly parentId?: string };
type Manifest = { readonly entry: Part; readonly routes: Readonly<Record<string, Route>>; readonly url: string };

const client = fileURLToPath(new URL('../../dashboard/dist/pages/client/', import.meta.url));
const files = readdirSync(path.join(client, 'assets'));

const sizes = new Map<string, number>();

/** As it travels. */
function weightOf(file: string): number {
  const size = sizes.get(file) ?? gzipSync(readFileSync(path.join(client, file)), { level: 9 }).length;
  sizes.set(file, size);
  return size;
}

const manifest = readManifest();

test.each(Object.values(manifest.routes))('the first load of $id brings at most 200 KB of scripts', (route) => {
  const scripts = new Set([manifest.url, ...scriptsOf(manifest.entry), ...above(route).flatMap(scriptsOf)]);
  const weight = [...scripts].reduce((sum, file) => sum + weightOf(file), 0);
  expect(weight).toBeGreaterThan(0);
  expect(weight).toBeLessThanOrEqual(mostScripts);
});

test('the first load brings at most 12 KB of styles', () => {
  const styles = files.filter((file) => /^app-.*\.css$/.test(file));
  expect(styles).toHaveLength(1);
  expect(weightOf(`/assets/${styles[0]}`)).toBeLessThanOrEqual(mostStyles);
});

test('what is only now and then wanted comes when it is wanted', () => {
  const first = Object.values(manifest.routes).flatMap(scriptsOf);
  const late = ['palette-panel', 'dialog-panel', 'menu-panel', 'tooltip-panel', 'toaster-panel'];
  for (const name of late) {
    expect(files.some((file) => file.startsWith(`${name}-`) && file.endsWith('.js'))).toBe(true);
    expect(first.filter((file) => file.includes(name))).toEqual([]);
  }
});

test('whose code it is, and under which licence, is told beside it', () => {
  const notices = readFileSync(path.join(client, 'licenses.txt'), 'utf8');
  for (const name of ['react-dom', '@remix-run/react', '@apollo/client', 'lucide-react', 'cmdk']) {
    expect(notices).toMatch(new RegExp(`^Name: ${name}$`, 'm'));
  }
  expect(notices).not.toMatch(/^License: (?:GPL|AGPL|null|undefined)/m);
});

const scriptsOf = ({ module, imports = [] }: Part): readonly string[] => [module, ...imports];

/** A page comes with all that it lies in. */
function above(route: Route): readonly Route[] {
  const parent = route.parentId === undefined ? undefined : manifest.routes[route.parentId];
  return parent ? [route, ...above(parent)] : [route];
}

function readManifest(): Manifest {
  const [name] = files.filter((file) => /^manifest-.*\.js$/.test(file));
  if (!name) throw new Error('The pages are not built: npm run build.');
  const text = readFileSync(path.join(client, 'assets', name), 'utf8');
  return JSON.parse(text.replace(/^window\.__remixManifest=/, '').replace(/;\s*$/, '')) as Manifest;
}
