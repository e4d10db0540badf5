import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { afterAll, describe, expect, test } from 'vitest';
import type { DeploymentFailure } from '@apployd/core/failure';
import { MiB } from '@apployd/core/resources';
import { projectSettings } from '@apployd/core/settings';
import { freePort } from '@apployd/backplane/testing/free-port';
import type { FakeFiles } from '../source/fake.js';
import { recordingLog } from '../source/recording-log.js';
import { killBuild } from '../testing/kill-build.js';
import { buildRequest, builderConformance } from './builder.conformance.js';
import type { BuildRequest } from './builder.js';
import { buildMark } from './marked-processes.js';
import { processBuilder, type ProcessBuilderOptions } from './process.js';

const root = await realpath(await mkdtemp(join(tmpdir(), 'apployd-process-builder-')));
const releases = join(root, 'releases');
const limits = { memoryBytes: 1024 * MiB, cpuMillicores: 2_000, diskBytes: 200 * MiB };
const none = new AbortController().signal;

const builderWith = (options: Partial<ProcessBuilderOptions> = {}) =>
  processBuilder({ folder: releases, limits, environment: {}, cgroupParent: null, ...options });
const builder = builderWith();

afterAll(() => rm(root, { recursive: true, force: true }));

builderConformance('process', () => ({
  builder,
  leftovers: async ({ deploymentId }) => {
    const names = await readdir(releases).catch(() => []);
    return [...names.filter((name) => name.includes(deploymentId)), ...(await markedCommands(deploymentId))];
  },
  kill: (request) => killBuild({ request, place: { folder: releases } }),
}));

describe('process builder', () => {
  const requestFor = (files: FakeFiles, more: Partial<BuildRequest> = {}) => buildRequest(root, files, more);
  const failure = (promise: Promise<unknown>) =>
    promise.then(
      () => expect.unreachable('it was built'),
      (error: DeploymentFailure) => error,
    );
  const manifest = (content: object) => ({ 'package.json': JSON.stringify(content) });

  test('dependencies of a lock file are installed, and what only the build needs is gone afterwards', async () => {
    const request = await requestFor({
      ...manifest({
        name: 'shop',
        version: '1.0.0',
        scripts: { build: 'builds', start: 'node server.js' },
        dependencies: { greeting: 'file:greeting' },
        devDependencies: { builds: 'file:builds' },
      }),
      'package-lock.json': JSON.stringify({
        name: 'shop',
        version: '1.0.0',
        lockfileVersion: 3,
        packages: {
          '': {
            name: 'shop',
            version: '1.0.0',
            dependencies: { greeting: 'file:greeting' },
            devDependencies: { builds: 'file:builds' },
          },
          greeting: { version: '1.0.0' },
          builds: { version: '1.0.0', dev: true, bin: { builds: 'builds.cjs' } },
          'node_modules/greeting': { resolved: 'greeting', link: true },
          'node_modules/builds': { resolved: 'builds', link: true, dev: true },
        },
      }),
      'greeting/package.json': '{"name":"greeting","version":"1.0.0"}',
      'greeting/index.js': 'module.exports = "hi"',
      'builds/package.json': '{"name":"builds","version":"1.0.0","bin":{"builds":"builds.cjs"}}',
      'builds/builds.cjs': { program: '#!/usr/bin/env node\nrequire("fs").writeFileSync("built", "yes");\n' },
      'server.js': '',
    });
    const image = await builder.build(request, recordingLog(), none);
    const release = join(releases, request.deploymentId);
    expect(image.command).toEqual([process.execPath, 'server.js']);
    expect(await readFile(join(release, 'built'), 'utf8')).toBe('yes');
    expect(await readdir(join(release, 'node_modules'))).toContain('greeting');
    expect(await readdir(join(release, 'node_modules'))).not.toContain('builds');
  });

  test('an app without dependencies and scripts starts no process', async () => {
    const request = await requestFor({ ...manifest({ name: 'tiny' }), 'server.js': '' });
    const log = recordingLog();
    const image = await builder.build(request, log, none);
    expect(image.command).toEqual([process.execPath, 'server.js']);
    expect(log.lines.filter(({ message }) => message.startsWith('$'))).toEqual([]);
  });

  test('a build sees its own variables and nothing of the platform', async () => {
    const request = await requestFor(
      {
        ...manifest({ scripts: { build: 'node build.cjs', start: 'x' } }),
        'build.cjs': 'console.log("ENV=" + JSON.stringify(process.env))',
      },
      { buildVariables: { GREETING: 'hi', HOME: '/root', PATH: '/evil', [buildMark]: 'other' } },
    );
    const log = recordingLog();
    await builderWith({
      environment: { DATABASE_URL: 'canary', APPLOYD_SECRET: 'canary', HTTPS_PROXY: 'http://proxy.test' },
    }).build(request, log, none);
    const line = log.lines.find(({ message }) => message.startsWith('ENV='))?.message ?? '';
    const seen = JSON.parse(line.slice(4)) as Record<string, string>;
    expect(line).not.toContain('canary');
    expect(seen).toMatchObject({
      GREETING: 'hi',
      HTTPS_PROXY: 'http://proxy.test',
      CI: '1',
      [buildMark]: request.deploymentId,
    });
    expect(seen.HOME).toContain(releases);
    expect(seen.PATH).not.toContain('/evil');
  });

  test('with a Dockerfile and a package.json the plan wins, and the log says so', async () => {
    const request = await requestFor({ ...manifest({}), 'server.js': '', Dockerfile: 'FROM scratch' });
    const log = recordingLog();
    await builder.build(request, log, none);
    expect(log.lines).toContainEqual({ message: expect.stringMatching(/Dockerfile is not used/), source: 'PLATFORM' });
  });

  test('a Dockerfile alone is NO_BUILD_PLAN, and says what to add', async () => {
    const error = await failure(builder.build(await requestFor({ Dockerfile: 'FROM scratch' }), recordingLog(), none));
    expect(error).toMatchObject({ code: 'NO_BUILD_PLAN' });
    expect(error.message).toMatch(/runs apps as processes.*package\.json.*index\.html.*Docker engine/);
  });

  test.each([true, false])(
    'a build that needs too much memory is OUT_OF_MEMORY (control groups wanted: %s)',
    async (wanted) => {
      const request = await requestFor({
        ...manifest({ scripts: { build: 'node build.cjs', start: 'x' } }),
        'build.cjs': 'const a = []; setInterval(() => a.length < 40 && a.push(Buffer.alloc(1 << 24, 1)), 5);',
      });
      const small = builderWith({
        limits: { ...limits, memoryBytes: 256 * MiB },
        cgroupParent: wanted ? 'apployd-builder-test' : null,
      });
      expect(await failure(small.build(request, recordingLog(), none))).toMatchObject({
        code: 'OUT_OF_MEMORY',
        stage: 'BUILD',
      });
    },
  );

  test('a build that fills the disk is BUILD_ERROR, and nothing is left', async () => {
    const request = await requestFor({
      ...manifest({ scripts: { build: 'node build.cjs', start: 'x' } }),
      'build.cjs': 'let n = 0; setInterval(() => require("fs").writeFileSync("f" + n++, Buffer.alloc(1 << 20)), 2);',
    });
    const small = builderWith({ limits: { ...limits, diskBytes: 20 * MiB } });
    expect(await failure(small.build(request, recordingLog(), none))).toMatchObject({ code: 'BUILD_ERROR' });
    expect((await readdir(releases)).filter((name) => name.includes(request.deploymentId))).toEqual([]);
  });

  test('what a finished build leaves running is ended', async () => {
    const request = await requestFor({
      ...manifest({ scripts: { build: 'node build.cjs', start: 'x' } }),
      'build.cjs': `require('child_process').spawn('sleep', ['7532'], { detached: true, stdio: 'inherit' }).unref();`,
    });
    await builder.build(request, recordingLog(), none);
    expect(await markedCommands(request.deploymentId)).toEqual([]);
  });

  test('what an engine left that was ended in the middle of a build is ended, and built anew', async () => {
    const request = await requestFor({ ...manifest({}), 'server.js': '' });
    const release = join(releases, request.deploymentId);
    await mkdir(release, { recursive: true });
    await writeFile(join(release, 'half'), '');
    const env = { [buildMark]: request.deploymentId, PATH: '/usr/bin:/bin' };
    const left = spawn('sleep', ['7534'], { env, detached: true, stdio: 'ignore' });
    const ended = new Promise((resolve) => left.once('exit', resolve));
    await builder.build(request, recordingLog(), none);
    await ended;
    expect((await readdir(release)).sort()).toEqual(['package.json', 'server.js']);
  });

  test('links are kept as links, and node_modules of the repository are left out', async () => {
    const request = await requestFor({
      ...manifest({}),
      'server.js': '',
      passwd: { link: '/etc/passwd' },
      'node_modules/x/y': '',
    });
    await builder.build(request, recordingLog(), none);
    const entries = await readdir(join(releases, request.deploymentId), { withFileTypes: true });
    expect(entries.map((entry) => [entry.name, entry.isSymbolicLink()])).toEqual([
      ['package.json', false],
      ['passwd', true],
      ['server.js', false],
    ]);
  });

  test('a manifest that is a link out of the source is not read', async () => {
    await writeFile(join(root, 'outside.json'), '{"scripts":{"start":"node canary.js"}}');
    const request = await requestFor({ 'package.json': { link: '../outside.json' } });
    expect(await failure(builder.build(request, recordingLog(), none))).toMatchObject({ code: 'NO_BUILD_PLAN' });
  });

  test.each(['process:../../etc', 'process:', 'process:a/b', 'process:..'])(
    'the id %j leads to no folder',
    async (id) => {
      await mkdir(join(root, 'etc'), { recursive: true });
      await expect(builder.remove(id)).rejects.toThrow('Not an image');
      await expect(builder.has(id)).rejects.toThrow('Not an image');
    },
  );

  test('a build command of the settings is one argument of a shell that runs in the release alone', async () => {
    const buildCommand = `printf '%s' "$(pwd) $GREETING \`echo "it's"\` \\\\" > said; exit 4`;
    const request = await requestFor(manifest({ scripts: { build: 'true', start: 'x' } }), {
      settings: projectSettings.parse({ buildCommand: buildCommand.replace('; exit 4', '') }),
      buildVariables: { GREETING: '$(id); `id`' },
    });
    const log = recordingLog();
    await builder.build(request, log, none);
    const release = join(releases, request.deploymentId);
    expect(await readFile(join(release, 'said'), 'utf8')).toBe(`${release} $(id); \`id\` it's \\`);
    expect(log.lines.map(({ message }) => message)).toContain(`$ sh -c ${request.settings.buildCommand}`);
    const failing = await requestFor(manifest({}), { settings: projectSettings.parse({ buildCommand }) });
    expect(await failure(builder.build(failing, recordingLog(), none))).toMatchObject({
      code: 'BUILD_ERROR',
      exitCode: 4,
    });
  });

  test.each([
    ['leads out', 'ln -s /etc out'],
    ['leads above', 'ln -s .. out'],
    ['is a file', 'echo > out'],
    ['is not there', 'true'],
  ])('an output directory that %s once it is built is BUILD_ERROR', async (_, buildCommand) => {
    const settings = projectSettings.parse({ buildCommand, outputDirectory: 'out' });
    const error = await failure(builder.build(await requestFor({ '.keep': '' }, { settings }), recordingLog(), none));
    expect(error).toMatchObject({ code: 'BUILD_ERROR', message: expect.stringContaining('no folder out inside') });
  });

  test('a command for the image of a Dockerfile is not run where there are no images', async () => {
    const settings = projectSettings.parse({ startCommand: 'python app.py' });
    const request = await requestFor({ Dockerfile: 'FROM python\n', 'app.py': '' }, { settings });
    expect(await failure(builder.build(request, recordingLog(), none))).toMatchObject({
      code: 'NO_BUILD_PLAN',
      message: expect.stringContaining('cannot build a Dockerfile'),
    });
  });

  test.each<[string, FakeFiles, Record<string, [number, string]>, object?]>([
    [
      'a static site',
      {
        'index.html': 'home',
        'docs/index.html': 'docs',
        'about.html': 'about',
        '.env': 'SECRET=1',
        '404.html': 'lost',
      },
      {
        '/': [200, 'home'],
        '/docs/': [200, 'docs'],
        '/about': [200, 'about'],
        '/.env': [404, 'lost'],
        '/none': [404, 'lost'],
      },
    ],
    [
      'a static site in public',
      { 'public/index.html': 'home', 'secret.txt': 'x' },
      { '/': [200, 'home'], '/secret.txt': [404, 'Not found\n'] },
    ],
    [
      'a site that is built',
      {
        ...manifest({ scripts: { build: 'node build.cjs' } }),
        'build.cjs': 'const fs = require("fs"); fs.mkdirSync("dist"); fs.writeFileSync("dist/index.html", "built");',
      },
      { '/': [200, 'built'], '/any/where': [200, 'built'], '/missing.js': [404, 'Not found\n'] },
    ],
    [
      'an output directory that the build command of the settings writes',
      { ...manifest({ scripts: { build: 'exit 9', start: 'exit 9' } }), 'dist/index.html': 'not this' },
      { '/': [200, 'home'], '/any/where': [200, 'home'] },
      { buildCommand: `mkdir -p web/html && printf '%s' home > web/html/index.html`, outputDirectory: 'web/html' },
    ],
    [
      'an output directory of the source',
      { 'index.html': 'not this', 'web/html/index.html': 'home' },
      { '/': [200, 'home'], '/any/where': [404, 'Not found\n'] },
      { outputDirectory: 'web/html' },
    ],
    [
      'what the start command of the settings starts',
      {
        ...manifest({ scripts: { start: 'exit 9' } }),
        'server.cjs': `require('http').createServer(({ method }, response) => {
          response.statusCode = method === 'GET' ? 200 : 405;
          response.end(process.argv[2]);
        }).listen(process.env.PORT);`,
      },
      { '/': [200, `it's server.cjs`] },
      { startCommand: `cd . && exec '${process.execPath}' server.cjs "it's $(/bin/ls *.cjs)"` },
    ],
  ])('%s is served on PORT', async (_, files, answers, chosen = {}) => {
    const settings = projectSettings.parse(chosen);
    const request = await requestFor(files, { settings });
    const image = await builder.build(request, recordingLog(), none);
    const [program = '', ...args] = image.command ?? [];
    const port = await freePort();
    const cwd = join(releases, request.deploymentId);
    const child = spawn(program, args, { cwd, env: { PORT: String(port) }, stdio: 'inherit' });
    try {
      const fetched = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
      await expect
        .poll(
          () =>
            fetched('/').then(
              ({ ok }) => ok,
              () => false,
            ),
          { timeout: 10_000 },
        )
        .toBe(true);
      for (const [path, [status, body]] of Object.entries(answers)) {
        const response = await fetched(path);
        expect([path, response.status, await response.text()]).toEqual([path, status, body]);
      }
      expect((await fetch(`http://127.0.0.1:${port}/`, { method: 'POST' })).status).toBe(405);
    } finally {
      child.kill('SIGKILL');
    }
  });

  test('a site whose build writes no index.html is BUILD_ERROR, and says where it is looked for', async () => {
    const request = await requestFor({ ...manifest({ scripts: { build: 'node -p 1' } }) });
    const error = await failure(builder.build(request, recordingLog(), none));
    expect(error).toMatchObject({ code: 'BUILD_ERROR' });
    expect(error.message).toContain('dist, build, out');
  });

  test('a Dockerfile path in the settings is no hindrance where there is a plan', async () => {
    const settings = projectSettings.parse({ dockerfilePath: 'deploy/Dockerfile' });
    await builder.build(await requestFor({ 'index.html': 'x' }, { settings }), recordingLog(), none);
  });
});

async function markedCommands(deploymentId: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const environ = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    if (environ.includes(`${buildMark}=${deploymentId}`))
      found.push(await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''));
  }
  return found;
}
