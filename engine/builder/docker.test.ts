import { existsSync } from 'node:fs';
import { mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { DeploymentFailure } from '@apployd/core/failure';
import { newId } from '@apployd/core/id';
import { GiB, MiB } from '@apployd/core/resources';
import { projectSettings } from '@apployd/core/settings';
import { isLeftOut } from '@apployd/test/without';
import { testDocker } from '../runtime/docker-sample.conformance.js';
import { digestOf, imageNameOf } from '../runtime/docker-image.js';
import type { FakeFiles } from '../source/fake.js';
import { recordingLog } from '../source/recording-log.js';
import { killBuild } from '../testing/kill-build.js';
import { buildRequest, builderConformance } from './builder.conformance.js';
import type { Builder, BuildRequest, Image } from './builder.js';
import { dockerBuilder, type DockerBuilderOptions } from './docker.js';

const none = new AbortController().signal;
const limits = { memoryBytes: 512 * MiB, cpuMillicores: 2_000, diskBytes: 4 * GiB, maxProcesses: 1024 };

describe.skipIf(isLeftOut('docker'))('on a Docker engine', () => {
  let docker: Docker;
  let builder: Builder;
  let network: string;
  let root: string;
  beforeAll(async () => {
    docker = await testDocker();
    builder = builderWith();
    // Of this suite alone: what other suites build at the same time is none of its leftovers.
    network = `apployd-build-${newId()}`;
    await docker.createNetwork({ Name: network });
    root = await realpath(await mkdtemp(join(tmpdir(), 'apployd-docker-builder-')));
  });
  afterAll(async () => {
    await docker?.getNetwork(network).remove();
    await rm(root, { recursive: true, force: true });
  });

  const builderWith = (options: Partial<DockerBuilderOptions> = {}) =>
    dockerBuilder(docker, { limits, network: () => Promise.resolve(network), ...options });
  const requestFor = (files: FakeFiles, more: Partial<BuildRequest> = {}) => buildRequest(root, files, more);
  const build = async (request: BuildRequest, options?: Partial<DockerBuilderOptions>) => {
    const log = recordingLog();
    const made = builderWith(options);
    const image = await made.build(request, log, none);
    onTestFinished(() => made.remove(image.id));
    return { image, lines: log.lines.map(({ message }) => message) };
  };
  const failure = async (
    files: FakeFiles,
    more: Partial<BuildRequest> = {},
    options?: Partial<DockerBuilderOptions>,
  ) => {
    const request = await requestFor(files, more);
    const error = await build(request, options).then(
      () => expect.unreachable('it was built'),
      (reason: DeploymentFailure) => reason,
    );
    expect(await leftovers(request)).toEqual([]);
    return error;
  };
  const leftovers = async ({ deploymentId }: BuildRequest) => {
    const images = await docker.listImages({ filters: { reference: [`apployd/*:${deploymentId}`] } });
    const containers = await docker.listContainers({ all: true, filters: { network: [network, 'none'] } });
    const ours = containers.filter(
      ({ Command }) => Command.includes('npm run build') || Command.includes('sleep 7533'),
    );
    return [...images.map(({ Id }) => Id), ...ours.map(({ Command }) => Command)];
  };
  const from = (...lines: string[]) => ({ Dockerfile: `${['FROM node:20-alpine', ...lines].join('\n')}\n` });

  builderConformance('docker', () => ({
    builder,
    leftovers,
    kill: (request) => killBuild({ request, place: { network } }),
  }));

  test('the Dockerfile of the repository is built, its steps are shown, and the image is labelled', async () => {
    const request = await requestFor({ ...from('RUN echo one; echo two >&2', 'CMD ["node"]'), 'package.json': '{}' });
    const { image, lines } = await build(request);
    expect(lines).toEqual(
      expect.arrayContaining(['Step 1/4 : FROM node:20-alpine', 'one', 'two', 'Step 4/4 : CMD ["node"]']),
    );
    expect(lines.join('\n')).not.toMatch(/^ ---> [0-9a-f]{12}$|Running in|Removing intermediate|LABEL|Successfully/m);
    const { Config, RepoTags } = await docker.getImage(imageNameOf(image.id)).inspect();
    expect(Config.Labels).toEqual({ 'apployd.managed': 'true' });
    expect(RepoTags).toEqual([`apployd/${request.projectId}:${request.deploymentId}`]);
    expect(image.command).toBeNull();
  });

  test('the same source in another folder finds every step in the cache', async () => {
    const files = {
      ...from('COPY . /app', `RUN echo ${Date.now()}`, 'CMD ["node"]'),
      'run.sh': { program: 'x' },
      'a/b': 'b',
      link: { link: 'a' },
    };
    await build(await requestFor(files));
    const { lines } = await build(await requestFor(files));
    expect(lines.filter((line) => line.includes('Using cache'))).toHaveLength(4);
  });

  describe('of a project that is built again', () => {
    const again = 'Nothing of it has changed since the last build: its image is used again.';
    const app = () => ({ ...from('ARG SEEN', 'COPY . /app', 'RUN echo $SEEN', 'CMD ["node"]'), 'unique.txt': newId() });
    const twice = async (
      first: FakeFiles,
      second: FakeFiles,
      variables: Readonly<Record<string, string>> = {},
      more: Partial<BuildRequest> = {},
    ) => {
      const made = builderWith();
      const [one, log] = [await requestFor(first, { buildVariables: { SEEN: 'a' } }), recordingLog()];
      const other = await requestFor(second, {
        projectId: one.projectId,
        buildVariables: { SEEN: 'a', ...variables },
        ...more,
      });
      const [former, image] = [await made.build(one, recordingLog(), none), await made.build(other, log, none)];
      onTestFinished(() => made.remove(image.id));
      onTestFinished(() => made.remove(former.id));
      const isReused = log.lines.some(({ message }) => message === again);
      return { made, former, image, other, isReused };
    };

    test('what has not changed is not, and its image has a name of its own', async () => {
      const files = app();
      const { made, former, image, other, isReused } = await twice(files, files, { UNSEEN: 'b' });
      expect(isReused).toBe(true);
      expect(digestOf(image.id)).toBe(digestOf(former.id));
      expect(imageNameOf(image.id)).toBe(`apployd/${other.projectId}:${other.deploymentId}`);
      await made.remove(former.id);
      expect(await made.has(image.id)).toBe(true);
    });

    test.each<[string, FakeFiles, Readonly<Record<string, string>>, Partial<BuildRequest>]>([
      ['a file', { 'unique.txt': 'other' }, {}, {}],
      ['a program', { 'unique.txt': { program: 'same' } }, {}, {}],
      ['a variable that it declares', {}, { SEEN: 'b' }, {}],
      ['the project', {}, {}, { projectId: newId() }],
    ])('what differs by %s is', async (_, files, variables, more) => {
      const first = { ...app(), 'unique.txt': 'same' };
      expect((await twice(first, { ...first, ...files }, variables, more)).isReused).toBe(false);
    });

    test('what stands on an image whose name means another one by now is', async () => {
      const base = `apployd-test-base:${newId()}`;
      const tag = async (name: string) => {
        const [repo = '', tagged = ''] = base.split(':');
        await docker.getImage(name).tag({ repo, tag: tagged });
      };
      const made = builderWith();
      const files = { Dockerfile: `FROM ${base}\nCOPY unique.txt /\nCMD ["node"]\n`, 'unique.txt': newId() };
      const buildFor = async (projectId: string) => {
        const log = recordingLog();
        const image = await made.build(await requestFor(files, { projectId }), log, none);
        onTestFinished(() => made.remove(image.id));
        return log.lines.some(({ message }) => message === again);
      };
      const projectId = newId();
      onTestFinished(() => docker.getImage(base).remove());
      await tag('node:20-alpine');
      expect([await buildFor(projectId), await buildFor(projectId)]).toEqual([false, true]);
      const { image } = await build(await requestFor(from(`ENV OTHER=${newId()}`, 'CMD ["node"]')));
      await tag(imageNameOf(image.id));
      expect(await buildFor(projectId)).toBe(false);
    });

    test('what is not kept any more is', async () => {
      const files = app();
      const made = builderWith();
      const one = await requestFor(files);
      const image = await made.build(one, recordingLog(), none);
      await made.remove(image.id);
      const log = recordingLog();
      const rebuilt = await made.build(await requestFor(files, { projectId: one.projectId }), log, none);
      onTestFinished(() => made.remove(rebuilt.id));
      expect(log.lines.map(({ message }) => message)).not.toContain(again);
      expect(await made.has(rebuilt.id)).toBe(true);
    });
  });

  test.each(['FROM Node:20', 'FROM get?names=node:20&', 'FROM ../events'])(
    '%s is told as a failure of the build, and asked of nothing else of Docker',
    async (line) => {
      expect((await failure({ Dockerfile: `${line}\nCMD ["node"]\n` })).code).toBe('BUILD_ERROR');
    },
  );

  test('builds of the same source share an image, which goes with the last of them', async () => {
    const files = { ...from('COPY . /app', 'CMD ["node"]'), 'unique.txt': newId() };
    const [one, other] = [await requestFor(files), await requestFor(files)];
    const [{ image }, { image: same }] = [await build(one), await build(other)];
    expect(digestOf(same.id)).toBe(digestOf(image.id));
    await builder.discard(one.deploymentId);
    expect([await builder.has(image.id), await builder.has(same.id)]).toEqual([false, true]);
    await builder.remove(same.id);
    expect(await builder.has(same.id)).toBe(false);
  });

  test('.dockerignore holds, with its exceptions, and the Dockerfile may be ignored itself', async () => {
    const { lines } = await build(
      await requestFor({
        ...from('COPY . /app', 'RUN find /app -type f | sort', 'CMD ["node"]'),
        '.dockerignore': '# ignored\nsecret\n*.log\n!keep.log\nDockerfile\nlarge\n!large/kept\n',
        secret: 'x',
        'a.log': 'x',
        'keep.log': 'x',
        'sub/a.log': 'x',
        'large/x': 'x',
        'large/kept': 'x',
        '.git/config': 'x',
      }),
    );
    const files = lines.filter((line) => line.startsWith('/app'));
    expect(files).toEqual(['/app/.dockerignore', '/app/keep.log', '/app/large/kept', '/app/sub/a.log']);
  });

  test('a Dockerfile sees the variables that it declares, and the image keeps none of the others', async () => {
    const dockerfile = from('ARG SEEN', 'RUN echo "seen: $SEEN, other: $OTHER"', 'CMD ["node"]');
    const { image, lines } = await build(
      await requestFor(dockerfile, { buildVariables: { SEEN: 'a "b"', OTHER: 'canary' } }),
    );
    expect(lines).toContain('seen: a "b", other: ');
    expect(JSON.stringify(await docker.getImage(imageNameOf(image.id)).history())).not.toContain('canary');
  });

  test('a Dockerfile elsewhere is found by its path', async () => {
    const settings = projectSettings.parse({ dockerfilePath: 'deploy/app.Dockerfile' });
    const { lines } = await build(
      await requestFor(
        { 'deploy/app.Dockerfile': from('RUN echo elsewhere', 'CMD ["node"]').Dockerfile },
        { settings },
      ),
    );
    expect(lines).toContain('elsewhere');
  });

  test.each(['../Dockerfile', '/etc/passwd', 'a/../../x', 'absent', 'out/passwd', 'folder'])(
    'the Dockerfile path %j is NO_BUILD_PLAN',
    async (dockerfilePath) => {
      const request = await requestFor(
        { 'folder/x': 'x', 'index.html': 'x' },
        { settings: projectSettings.parse({ dockerfilePath }) },
      );
      await symlink('/etc', join(request.tree.root, 'out'));
      await expect(build(request)).rejects.toMatchObject({ code: 'NO_BUILD_PLAN', stage: 'BUILD' });
    },
  );

  test('links are never followed out of the source', async () => {
    const { lines } = await build(
      await requestFor({
        ...from('COPY . /app', 'RUN readlink /app/passwd', 'CMD ["node"]'),
        passwd: { link: '/etc/shadow' },
      }),
    );
    expect(lines).toContain('/etc/shadow');
  });

  test('a failing command is BUILD_ERROR with its exit code and its step', async () => {
    const error = await failure(from('RUN echo oops >&2; exit 3', 'CMD ["node"]'));
    expect(error).toMatchObject({ code: 'BUILD_ERROR', exitCode: 3 });
    expect(error.message).toContain('RUN echo oops');
  });

  test('a step that needs too much memory is OUT_OF_MEMORY', async () => {
    const eats = `RUN ["node", "-e", "const a = []; for (;;) a.push(Buffer.alloc(1 << 24, 1))"]`;
    const error = await failure(from(eats, 'CMD ["node"]'), {}, { limits: { ...limits, memoryBytes: 64 * MiB } });
    expect(error).toMatchObject({ code: 'OUT_OF_MEMORY', exitCode: 137 });
    expect(error.message).toContain('64 MiB');
  });

  test.each([
    ['in its own files', ['RUN head -c 99m /dev/zero > /f && sleep 60']],
    ['in a volume of its Dockerfile', ['VOLUME /data', 'RUN head -c 99m /dev/zero > /data/f && sleep 60']],
    [
      'in one step after the other',
      Array.from({ length: 3 }, (_, i) => `RUN head -c 33m /dev/zero > /f${i} && sleep 2`),
    ],
  ])('a build that writes more than it may, %s, is stopped with a BUILD_ERROR that says so', async (_, lines) => {
    const unique = `RUN echo ${newId()}`;
    const small = { limits: { ...limits, diskBytes: 64 * MiB } };
    const error = await failure(from(unique, ...lines, 'CMD ["node"]'), {}, small);
    expect(error).toMatchObject({ code: 'BUILD_ERROR', stage: 'BUILD' });
    expect(error.message).toContain('wrote more than the 64 MiB');
  });

  test('a build that forks more than it may is stopped with a BUILD_ERROR that says so, and never has more', async () => {
    const forks = `for (let i = 0; i < 500; i += 1) require('child_process').spawn('sleep', ['60']).on('error', () => {}); setTimeout(() => {}, 60_000)`;
    const few = { limits: { ...limits, maxProcesses: 64 } };
    const error = await failure(from(`RUN ["node", "-e", ${JSON.stringify(forks)}]`, 'CMD ["node"]'), {}, few);
    expect(error).toMatchObject({ code: 'BUILD_ERROR', stage: 'BUILD' });
    expect(error.message).toContain('64 processes');
  });

  test('what a step prints in the name of another container does nothing to that', async () => {
    const other = await docker.createContainer({ Image: 'node:20-alpine', Cmd: ['sleep', '60'] });
    onTestFinished(() => other.remove({ force: true }));
    await other.start();
    const says = `RUN echo; echo ' ---> Running in ${other.id.slice(0, 12)}'; sleep 2`;
    await build(await requestFor(from(says, 'CMD ["node"]')));
    const { State, HostConfig } = await other.inspect();
    expect([State.Running, HostConfig.PidsLimit ?? 0]).toEqual([true, 0]);
  });

  test.each([
    ['FROM registry.invalid/none/none:1', 'registry.invalid/none/none:1'],
    ['FROM node:20-alpine\nCOPY --from=registry.invalid/tools:2 /x /x', 'registry.invalid/tools:2'],
  ])('a base image that cannot be pulled is IMAGE_PULL and is named: %s', async (dockerfile, image) => {
    const error = await failure({ Dockerfile: `${dockerfile}\nCMD ["x"]\n` });
    expect(error).toMatchObject({ code: 'IMAGE_PULL' });
    expect(error.message).toContain(image);
  });

  test('an image that does not say what to start is BUILD_ERROR', async () => {
    expect((await failure({ Dockerfile: 'FROM scratch\nCOPY Dockerfile /\n' })).message).toContain('CMD or ENTRYPOINT');
  });

  test.each([
    'RUN --mount=type=secret,id=token cat /run/secrets/token',
    'RUN --mount=type=cache,target=/x \\\n  --mount=id=a,type=ssh true',
  ])('a secret mount is BUILD_SECRETS_UNSUPPORTED: %s', async (line) => {
    expect(await failure(from(line, 'CMD ["node"]'))).toMatchObject({ code: 'BUILD_SECRETS_UNSUPPORTED' });
  });

  test.each(['RUN --mount=type=cache,target=/x true', 'RUN <<EOF\necho hi\nEOF', 'COPY --link . /app'])(
    'what only BuildKit knows is BUILD_ERROR and says so: %s',
    async (line) => {
      const error = await failure(from(line, 'CMD ["node"]'));
      expect(error).toMatchObject({ code: 'BUILD_ERROR' });
      expect(error.message).toContain('BuildKit');
    },
  );

  test.each(['FRM node', '', 'FROM node:20-alpine\nCOPY absent /x\n', '# only a comment\n'])(
    'a Dockerfile with a mistake is BUILD_ERROR: %j',
    async (dockerfile) => {
      expect(await failure({ Dockerfile: dockerfile })).toMatchObject({
        code: 'BUILD_ERROR',
        stage: 'BUILD',
        exitCode: null,
      });
    },
  );

  test('steps of a build that failed are kept for the next one, and go when they are old; a release stays', async () => {
    const { image } = await build(await requestFor(from(`LABEL unique="${newId()}"`, 'CMD ["node"]')));
    const unique = newId();
    const stage = `LABEL unique="${unique}"`;
    await failure(from(stage, 'FROM node:20-alpine', `${stage} last=""`, 'RUN exit 3', 'CMD ["node"]'));
    const steps = async () => (await docker.listImages({ filters: { label: [`unique=${unique}`] } })).length;
    await builder.forgetSteps(3_600_000);
    expect(await steps()).toBe(2);
    await expect
      .poll(
        async () => {
          // Steps of a build that another suite has under way are younger.
          await builder.forgetSteps(1_000);
          return steps();
        },
        // They have to be a second old, and to be asked about once more: longer than is waited by default.
        { timeout: 20_000 },
      )
      .toBe(0);
    expect(await builder.has(image.id)).toBe(true);
  });

  test('a build on network "none" reaches nothing', async () => {
    const { lines } = await build(await requestFor(from('RUN ls /sys/class/net | tr "\\n" " "', 'CMD ["node"]')), {
      network: () => Promise.resolve('none'),
    });
    expect(lines.join('\n')).not.toContain('eth0');
  });

  test('an engine that does not answer is a fault, not the mistake of a customer', async () => {
    const { default: Dockerode } = await import('dockerode');
    const gone = dockerBuilder(new Dockerode({ socketPath: join(root, 'none.sock') }), {
      limits,
      network: () => Promise.resolve('none'),
    });
    const building = gone.build(await requestFor(from('CMD ["node"]')), recordingLog(), none);
    await expect(building).rejects.toMatchObject({ name: 'Error', code: 'ENOENT' });
  });

  test('an image that is not ours is never removed', async () => {
    const { Id } = await docker.getImage('busybox:latest').inspect();
    await builder.remove(Id);
    await builder.remove('busybox:latest');
    expect((await docker.getImage('busybox:latest').inspect()).Id).toBe(Id);
  });

  test.each<[string, FakeFiles, Record<string, [number, string]>]>([
    [
      'a Node app',
      {
        'package.json': '{"scripts":{"start":"node app.js"}}',
        'app.js': server('`${process.getuid()} ${process.env.NODE_ENV}`'),
      },
      { '/': [200, '1000 production'] },
    ],
    [
      'a Node app with a build step',
      {
        'package.json': '{"scripts":{"build":"node build.js","start":"node built.js"}}',
        'build.js': `require("fs").copyFileSync("app.js", "built.js")`,
        'app.js': server('process.env.NODE_ENV'),
      },
      { '/': [200, 'production'] },
    ],
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
      { '/': [200, 'home'], '/secret.txt': [404, ''] },
    ],
    [
      'a site that is built',
      {
        'package.json': '{"scripts":{"build":"node build.cjs"}}',
        'build.cjs': 'const fs = require("fs"); fs.mkdirSync("dist"); fs.writeFileSync("dist/index.html", "built");',
      },
      { '/': [200, 'built'], '/any/where': [200, 'built'], '/missing.js': [404, ''] },
    ],
  ])('%s without a Dockerfile runs without root, capabilities and a writable disk', async (_, files, answers) => {
    const { image } = await build(await requestFor(files));
    const address = await started(image);
    for (const [path, [status, body]] of Object.entries(answers)) {
      const response = await fetch(`${address}${path}`);
      const text = await response.text();
      expect([path, response.status, body === '' ? '' : text]).toEqual([path, status, body]);
    }
  });

  const chosen = (settings: object) => ({ settings: projectSettings.parse(settings) });
  const answering = (text: string) =>
    `require('http').createServer((_, response) => response.end(${text})).listen(process.env.PORT ?? 3000);`;

  test('the commands of the settings build and start a plan, in containers alone', async () => {
    const canary = `/tmp/apployd-canary-${newId()}`;
    const files = {
      'package.json': '{"scripts":{"build":"exit 9","start":"exit 9"}}',
      'server.cjs': answering(`require('fs').readFileSync('said', 'utf8') + process.argv[2]`),
    };
    const settings = {
      buildCommand: `touch ${canary}; printf '%s' "$(pwd) \`echo "it's"\` \\\\ <<EOF " > said && test -e ${canary}`,
      startCommand: `cd /app && node server.cjs "$(id -u) $0"`,
    };
    const { image } = await build(await requestFor(files, chosen(settings)));
    expect(image.command).toEqual(['sh', '-c', settings.startCommand]);
    expect(await (await fetch(await started(image))).text()).toBe(`/app it's \\ <<EOF 1000 sh`);
    expect(existsSync(canary)).toBe(false);
  });

  test('a build command that fails is BUILD_ERROR with its exit code', async () => {
    const files = { 'package.json': '{"scripts":{"build":"true","start":"x"}}' };
    expect(await failure(files, chosen({ buildCommand: 'false || exit 4' }))).toMatchObject({
      code: 'BUILD_ERROR',
      exitCode: 4,
    });
  });

  test('the start command takes the place of CMD; a Dockerfile says itself how it is built, and the log that it does', async () => {
    const files = from(
      `RUN echo ${JSON.stringify(answering('process.argv.slice(2).join()'))} > /server.cjs`,
      'ENTRYPOINT ["node", "/server.cjs"]',
      'CMD ["own"]',
    );
    const settings = { buildCommand: 'exit 9', startCommand: 'exec told "$(id)"' };
    const { image, lines } = await build(await requestFor(files, chosen(settings)));
    expect(lines).toContain('The build command of the settings is not used: the Dockerfile says how it is built.');
    expect(await (await fetch(await started(image))).text()).toBe('sh,-c,exec told "$(id)"');
  });

  test('an image that does not say what to start may be told by the settings, and is not used again without', async () => {
    const files = { Dockerfile: 'FROM scratch\nCOPY Dockerfile /\n', 'unique.txt': newId() };
    const request = await requestFor(files, chosen({ startCommand: 'node a.js' }));
    const { image } = await build(request);
    expect(image.command).toEqual(['node', 'a.js']);
    expect(await builder.build(request, recordingLog(), none)).toEqual(image);
    const { projectId } = request;
    const made = builderWith();
    const again = await requestFor(files, { projectId, ...chosen({ startCommand: './app' }) });
    const known = await made.build(again, recordingLog(), none);
    onTestFinished(() => made.remove(known.id));
    const bare = await requestFor(files, { projectId });
    await expect(made.build(bare, recordingLog(), none)).rejects.toMatchObject({ code: 'BUILD_ERROR' });
    expect(await leftovers(bare)).toEqual([]);
  });

  test.each<[string, FakeFiles, object]>([
    [
      'that a build writes',
      { 'package.json': '{"scripts":{"start":"exit 9"}}', 'dist/index.html': 'not this' },
      { buildCommand: 'mkdir -p apps/web/html && echo -n home > apps/web/html/index.html' },
    ],
    ['of the source', { 'index.html': 'not this', 'apps/web/html/index.html': 'home' }, {}],
    [
      'that is the whole folder',
      { 'apps.txt': '' },
      { buildCommand: 'echo -n home > index.html', outputDirectory: '.' },
    ],
  ])('an output directory %s is what a site is served from', async (_, files, more) => {
    const request = await requestFor(files, chosen({ outputDirectory: 'apps/web/html', ...more }));
    const { image } = await build(request);
    expect(await (await fetch(`${await started(image)}/`)).text()).toBe('home');
  });

  test.each([
    ['leads out', 'ln -s /etc out'],
    ['leads above', 'ln -s .. out'],
    ['is a file', 'echo > out'],
    ['is not there', 'true'],
  ])('an output directory that %s once it is built is BUILD_ERROR', async (_, buildCommand) => {
    const files = { 'package.json': '{}' };
    const error = await failure(files, chosen({ buildCommand, outputDirectory: 'out' }));
    expect(error).toMatchObject({ code: 'BUILD_ERROR', exitCode: 1 });
  });

  /** Runs the image as tightly as can be; where it answers. */
  async function started(image: Image): Promise<string> {
    const container = await docker.createContainer({
      Image: imageNameOf(image.id),
      ...(image.command && { Cmd: [...image.command] }),
      HostConfig: {
        NetworkMode: network,
        ReadonlyRootfs: true,
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges'],
        Tmpfs: { '/tmp': 'size=16m' },
      },
    });
    onTestFinished(() => container.remove({ force: true }));
    await container.start();
    const { NetworkSettings } = await container.inspect();
    const address = `http://${Object.values(NetworkSettings.Networks)[0]?.IPAddress}:3000`;
    const answers = () =>
      fetch(address).then(
        ({ ok }) => ok,
        () => false,
      );
    await expect.poll(answers, { timeout: 10_000 }).toBe(true);
    return address;
  }
});

function server(expression: string): string {
  return `require('http').createServer((_, answer) => answer.end(String(${expression}))).listen(process.env.PORT)`;
}
