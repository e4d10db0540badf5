import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { writeFiles, type FakeFiles } from '../source/fake.js';
import { dockerfile } from './dockerfile.js';
import { planBuild, type BuildPlan, type PlanSettings } from './plan.js';
import { readTree } from './read-tree.js';

const none: PlanSettings = { buildCommand: null, startCommand: null, outputDirectory: null };
const planOf = async (files: FakeFiles, chosen: Partial<PlanSettings> = {}) => {
  const root = await mkdtemp(join(tmpdir(), 'apployd-plan-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  await writeFiles(root, files);
  const settings = { ...none, ...chosen };
  return planBuild(await readTree(root, settings.outputDirectory), settings);
};
const app = (manifest: object, more: FakeFiles = {}) => ({ 'package.json': JSON.stringify(manifest), ...more });
const dependencies = { express: '5' };

test.each<[string, FakeFiles, object]>([
  ['a start script', app({ scripts: { start: 'next start' } }), { kind: 'node', start: ['npm', 'start'] }],
  [
    'a plain start script, without npm',
    app({ scripts: { start: 'node --enable-source-maps app/main.js' } }),
    { start: ['node', '--enable-source-maps', 'app/main.js'] },
  ],
  ['a start script with a hook', app({ scripts: { start: 'node a.js', prestart: 'x' } }), { start: ['npm', 'start'] }],
  [
    'a start script that needs a shell',
    app({ scripts: { start: 'node a.js && node $B' } }),
    { start: ['npm', 'start'] },
  ],
  ['main', app({ main: 'src/a.js' }, { 'src/a.js': '' }), { kind: 'node', start: ['node', 'src/a.js'] }],
  [
    'a main that the build writes',
    app({ main: 'dist/a.js', scripts: { build: 'tsc' } }),
    { kind: 'node', start: ['node', 'dist/a.js'] },
  ],
  ['server.js', app({ main: 'absent.js' }, { 'server.js': '', 'index.js': '' }), { start: ['node', 'server.js'] }],
  ['index.js', app({}, { 'index.js': '' }), { start: ['node', 'index.js'] }],
  [
    'a site that is built',
    app({ scripts: { build: 'vite build' } }, { 'index.html': '' }),
    { kind: 'site', build: ['npm', 'run', 'build'] },
  ],
  [
    'a site that is built, though main names a file',
    app({ main: 'index.js', scripts: { build: 'astro build' } }),
    { kind: 'site' },
  ],
  ['index.html', { 'index.html': '' }, { kind: 'static', folder: '.' }],
  ['public/index.html', { 'public/index.html': '' }, { kind: 'static', folder: 'public' }],
  [
    'index.html beside a package.json that starts nothing',
    app({}, { 'index.html': '' }),
    { kind: 'static', folder: '.' },
  ],
])('%s tells how the app starts', async (_, files, expected) => {
  expect(await planOf(files)).toMatchObject(expected);
});

test.each<[string, FakeFiles, RegExp]>([
  ['an empty folder', { '.keep': '' }, /no Dockerfile, package\.json, index\.html/],
  ['a package.json that starts nothing', app({}), /"start" script/],
  ['a package.json that is broken', { 'package.json': '{' }, /not valid JSON/],
  [
    'a Node that is not supported',
    app({ engines: { node: '^16' } }, { 'index.js': '' }),
    /asks for Node \^16.*20, 22, 24/,
  ],
])('%s gives no plan and says what to do', async (_, files, reason) => {
  expect(await planOf(files)).toEqual({ kind: 'none', reason: expect.stringMatching(reason) });
});

const scripts = { build: 'vite build', start: 'node server.js' };
const shell = (line: string) => ['sh', '-c', line];
const attack = `echo "$(id)" 'a\\' ; rm -rf / \`id\` && { echo \u00e9; } #`;
test.each<[string, FakeFiles, Partial<PlanSettings>, object]>([
  [
    'a build command takes the place of the build script, with what only a build needs',
    app({ scripts, dependencies: { express: '5' } }),
    { buildCommand: 'npm run build:web' },
    {
      kind: 'node',
      build: shell('npm run build:web'),
      install: ['npm', 'install', '--include=dev', '--no-audit', '--no-fund'],
      prune: ['npm', 'prune', '--omit=dev', '--no-audit', '--no-fund'],
    },
  ],
  ['a build command goes to the shell as it is', app({ scripts }), { buildCommand: attack }, { build: shell(attack) }],
  [
    'a build command without a build script or a start makes a site',
    app({}),
    { buildCommand: 'npx astro build' },
    { kind: 'site', build: shell('npx astro build'), folder: null },
  ],
  [
    'a build command may write what main names',
    app({ main: 'dist/a.js' }),
    { buildCommand: 'npx tsc' },
    { kind: 'node', start: ['node', 'dist/a.js'] },
  ],
  [
    'a start command takes the place of the start script',
    app({ scripts }),
    { startCommand: 'npx next start -p $PORT' },
    { kind: 'node', build: ['npm', 'run', 'build'], start: shell('npx next start -p $PORT') },
  ],
  [
    'a plain start command needs no shell',
    app({ scripts }),
    { startCommand: 'node dist/other.js' },
    { start: ['node', 'dist/other.js'] },
  ],
  ['a start command goes to the shell as it is', app({ scripts }), { startCommand: attack }, { start: shell(attack) }],
  [
    'a start command makes a program of what would be a site',
    app({ scripts: { build: 'x' } }, { 'index.html': '' }),
    { startCommand: 'npx serve' },
    { kind: 'node', build: ['npm', 'run', 'build'], start: shell('npx serve') },
  ],
  [
    'a start command needs no package.json',
    { 'app.mjs': '' },
    { startCommand: 'node app.mjs' },
    { kind: 'node', install: null, build: null, start: ['node', 'app.mjs'] },
  ],
  [
    'an output directory makes a site of what would be a program',
    app({ scripts }),
    { outputDirectory: 'apps/web/out' },
    { kind: 'site', build: ['npm', 'run', 'build'], folder: 'apps/web/out' },
  ],
  [
    'an output directory is served as it is where nothing is built',
    app({ scripts: { start: 'node a.js' } }, { 'www/home.html': '' }),
    { outputDirectory: 'www' },
    { kind: 'static', folder: 'www' },
  ],
  [
    'an output directory wins over index.html',
    { 'index.html': '', 'docs/site/index.html': '' },
    { outputDirectory: './docs/site/' },
    { kind: 'static', folder: 'docs/site' },
  ],
  [
    'an output directory may be a link inside the folder',
    { 'real/index.html': '', site: { link: 'real' } },
    { outputDirectory: 'site' },
    { kind: 'static', folder: 'real' },
  ],
])('%s', async (_, files, chosen, expected) => {
  expect(await planOf(files, chosen)).toMatchObject(expected);
});

test.each<[string, FakeFiles, string, RegExp]>([
  ['is not there', { 'index.html': '' }, 'dist', /no folder dist .* output directory in the settings/],
  ['is a file', { dist: 'x' }, 'dist', /no folder dist /],
  ['is a link out of the folder', { site: { link: '/etc' } }, 'site', /no folder site /],
  ['is a link to the folder above', { site: { link: '..' } }, 'site', /no folder site /],
  ['climbs out', app({ scripts }), 'dist/../../etc', /output directory is refused.*without "\.\."/],
  ['begins at the root', app({ scripts }), '/etc', /output directory is refused/],
  ['holds what a shell would read', app({ scripts }), 'dist;id', /output directory is refused/],
])('an output directory that %s gives no plan and says what to do', async (_, files, outputDirectory, reason) => {
  expect(await planOf(files, { outputDirectory })).toEqual({ kind: 'none', reason: expect.stringMatching(reason) });
});

test('what the settings say stands in the Dockerfile of a plan as JSON, whatever it holds', async () => {
  const settings = { buildCommand: attack, startCommand: attack };
  const lines = dockerfile((await planOf(app({ scripts }), settings)) as BuildPlan, { port: 1, buildVariables: [] });
  expect(lines.split('\n').filter((line) => /^(RUN|CMD)/.test(line))).toEqual([
    `CMD ${JSON.stringify(shell(attack))}`,
    `RUN ${JSON.stringify(shell(attack))}`,
  ]);
});

test.each([
  [undefined, 20],
  ['>=18', 20],
  ['22.x', 22],
  ['>=21 <25', 22],
  ['^24.1', 24],
  ['nonsense', 20],
])('engines.node %j is built with Node %i', async (node, major) => {
  expect(await planOf(app({ engines: node ? { node } : {} }, { 'index.js': '' }))).toMatchObject({ nodeMajor: major });
});

const build = 'tsc';
test.each<[string, FakeFiles, string | null]>([
  ['no dependencies', app({}, { 'index.js': '' }), null],
  ['a postinstall script alone', app({ scripts: { postinstall: 'x' } }, { 'index.js': '' }), 'npm install --omit=dev'],
  ['no lock file', app({ dependencies }, { 'index.js': '' }), 'npm install --omit=dev'],
  ['a lock file', app({ dependencies }, { 'index.js': '', 'package-lock.json': '{}' }), 'npm ci --omit=dev'],
  [
    'a lock file and a build',
    app({ dependencies, scripts: { build, start: 'x' } }, { 'package-lock.json': '{}' }),
    'npm ci --include=dev',
  ],
  [
    'yarn',
    app({ dependencies }, { 'index.js': '', 'yarn.lock': '# yarn lockfile v1' }),
    'yarn@1.22.22 -- yarn install --frozen-lockfile',
  ],
  [
    'a newer yarn',
    app({ dependencies, packageManager: 'yarn@4.5.0+sha224.x' }, { 'index.js': '', 'yarn.lock': '__metadata:' }),
    '@yarnpkg/cli-dist@4.5.0 -- yarn install --immutable',
  ],
  [
    'pnpm',
    app({ dependencies }, { 'index.js': '', 'pnpm-lock.yaml': "lockfileVersion: '9.0'" }),
    'pnpm@10.34.8 -- pnpm install --frozen-lockfile',
  ],
  [
    'an older pnpm',
    app({ dependencies }, { 'index.js': '', 'pnpm-lock.yaml': "lockfileVersion: '6.0'" }),
    'pnpm@8.15.9',
  ],
  [
    'a named pnpm',
    app({ dependencies, packageManager: 'pnpm@9.1.2' }, { 'index.js': '', 'pnpm-lock.yaml': '' }),
    'pnpm@9.1.2',
  ],
  [
    'a package manager that is an attack',
    app({ dependencies, packageManager: 'pnpm@1; id' }, { 'index.js': '', 'pnpm-lock.yaml': '' }),
    'pnpm@10.34.8',
  ],
])('%s tells how dependencies are installed', async (_, files, expected) => {
  const { install } = (await planOf(files)) as Extract<BuildPlan, { kind: 'node' }>;
  if (expected === null) expect(install).toBeNull();
  else expect(install?.join(' ')).toContain(expected);
});

test('what changes seldom comes first in the Dockerfile of a plan', async () => {
  const files = app({ dependencies, scripts: { start: 'node a.js' } }, { 'package-lock.json': '{}', '.npmrc': '' });
  const plan = (await planOf(files)) as BuildPlan;
  expect(dockerfile(plan, { port: 8080, buildVariables: ['GREETING'] })).toBe(`FROM node:20-alpine
WORKDIR /app
ENV PORT=8080
CMD ["node","a.js"]
ARG GREETING
COPY ["app/package.json","app/package-lock.json","app/.npmrc","./"]
RUN ["npm","ci","--omit=dev","--no-audit","--no-fund"]
ENV NODE_ENV=production
USER node
COPY app/ ./
`);
});
