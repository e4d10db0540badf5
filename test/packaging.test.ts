import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { healthPath } from '@apployd/edge/router/direct';
import { commandOf, repositoryRoot, roomEnvironment, rooms } from '@apployd/launch/rooms';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { allSettings } from './configuration/settings.js';
import { blocksOf, partOf, readPage, runnable } from './page.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (file: string) => readFile(path.join(root, file), 'utf8');

/** As `npm start` runs a room: what Node is given. */
const argumentsOf = (name: string) => {
  const room = rooms.find((one) => one.name === name)!;
  return commandOf(room, false).map((argument) => argument.replace(repositoryRoot(), '').replace(/^\//, ''));
};

test.each(rooms.map(({ name }) => name))(
  'the %s is started with the same words by npm start, in its image, and by systemd',
  async (name) => {
    const stage = new RegExp(`^FROM base AS ${name}\\n[^]*?^CMD (\\[.*\\])$`, 'm').exec(await read('Dockerfile'));
    const unit = /^ExecStart=(.*)$/m.exec(await read(`launch/systemd/apployd-${name}.service`));
    expect(JSON.parse(stage?.[1] ?? '[]')).toEqual(['node', ...argumentsOf(name)]);
    expect(unit?.[1]).toBe(['node', ...argumentsOf(name)].join(' '));
  },
);

test('and in the same environment', async () => {
  const given = Object.entries(roomEnvironment).map(([name, value]) => `${name}=${value}`);
  const images = /^ENV (.*)$/m.exec(await read('Dockerfile'));
  const units = /^Environment=(.*)$/m.exec(await read('launch/systemd/apployd-.service.d/common.conf'));
  expect(images?.[1]?.split(' ')).toEqual(expect.arrayContaining(given));
  expect(units?.[1]?.split(' ')).toEqual(given);
});

const composeSchema = z.object({
  services: z.record(
    z.string(),
    z.object({
      environment: z.record(z.string(), z.unknown()).default({}),
      tmpfs: z.array(z.string()).default([]),
    }),
  ),
});
const readServices = async () => composeSchema.parse(parse(await read('compose.yml'), { merge: true })).services;

/** Where it is no choice: servers and dashboards stay on loopback, the engine has the socket that is mounted, Nginx ends with its container. */
const fixed = ['SERVER_HOST', 'DASHBOARD_HOST', 'DOCKER_HOST', 'APPLOYD_DATA', 'EDGE_NGINX_RELOAD'];

test.each(rooms.map(({ name }) => name))('Compose hands every setting on that the %s reads', async (name) => {
  const services = await readServices();
  const settings = allSettings().filter(({ readBy }) => readBy.some(({ reader }) => reader === name));
  const missing = settings.map((setting) => setting.name).filter((one) => !(one in services[name]!.environment));
  expect(missing.filter((one) => !fixed.includes(one))).toEqual([]);
  const known = new Set(settings.map((setting) => setting.name));
  expect(Object.keys(services[name]!.environment).filter((one) => !known.has(one))).toEqual([]);
});

const nginxPackages = ['nginx-light', 'libnginx-mod-http-lua'];

test('the image of the edge alone brings Nginx, and asks what visitors meet whether it is well', async () => {
  const stages = (await read('Dockerfile')).split(/^FROM /m).slice(1);
  const installing = stages.flatMap((stage) => {
    const [, name = ''] = /^\S+ AS (\w+)/.exec(stage) ?? [];
    const [, packages] = /apt-get install --yes --no-install-recommends (.*) \\$/m.exec(stage) ?? [];
    return packages === undefined ? [] : [[name, packages.split(' ')] as const];
  });
  expect(installing).toEqual([
    ['edge', nginxPackages],
    ['engine', ['ca-certificates', 'git', 'iptables', 'openssh-client']],
  ]);
  const edge = stages.find((stage) => stage.startsWith('base AS edge'));
  expect(edge).toMatch(new RegExp(`CMD node is-healthy.mjs .* ${healthPath}$`, 'm'));
});

test('Compose and systemd serve with Nginx, and what it reads is in memory and closed to others', async () => {
  const { edge } = await readServices();
  expect(edge).toMatchObject({
    environment: { EDGE_ROUTER: '${EDGE_ROUTER:-nginx}', EDGE_NGINX_FOLDER: '/run/apployd-edge' },
    // The user `node` of the image.
    tmpfs: ['/tmp', '/run/apployd-edge:mode=0700,uid=1000,gid=1000'],
  });
  const unit = await read('launch/systemd/apployd-edge.service');
  expect(unit.split('\n')).toEqual(
    expect.arrayContaining([
      'Environment=APPLOYD_DATA=/var/lib/apployd-edge EDGE_ROUTER=nginx EDGE_NGINX_FOLDER=/run/apployd-edge',
      'RuntimeDirectory=apployd-edge',
      'RuntimeDirectoryMode=0700',
      'KillMode=mixed',
    ]),
  );
  const [packages = ''] = runnable(partOf(await readPage('install.md'), '## With systemd'), 'sh');
  expect(packages.split(/\s/)).toEqual(expect.arrayContaining(nginxPackages));
});

test('nothing that images are built from imports what they are built without', async () => {
  const lines = (await read('.dockerignore')).split('\n');
  const left = lines
    .filter((line) => line.startsWith('**/'))
    .map((line) => new RegExp(`(^|/)${asPattern(line.slice(3))}(/|$)`));
  const isLeft = (file: string) => left.some((pattern) => pattern.test(file));
  const folders = lines.flatMap((line) => /^!([a-z]+)$/.exec(line)?.[1] ?? []);
  const found = await sources(folders);
  const built = found.filter((file) => !isLeft(file));
  expect(built).toContain('engine/main.ts');
  expect(found.filter(isLeft)).toContain('engine/runtime/fake.ts');
  const wrong: string[] = [];
  for (const file of built) {
    for (const [, from = ''] of (await read(file)).matchAll(/(?:from|import)\s*\(?\s*'((?:\.|@apployd\/)[^']+)'/g)) {
      const wanted = from.startsWith('.')
        ? path.posix.join(path.posix.dirname(file), from)
        : from.slice('@apployd/'.length);
      if (isLeft(wanted.replace(/(\.js)?$/, '.ts')) || !folders.includes(wanted.split('/')[0]!))
        wrong.push(`${file} imports ${from}`);
    }
  }
  expect(wrong).toEqual([]);
});

/** What these folders hold that is a program, without what was installed or built. */
async function sources(folders: readonly string[]): Promise<readonly string[]> {
  const listed = await promisify(execFile)(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', ...folders],
    {
      ...{ cwd: root, maxBuffer: 16 * 1024 ** 2 },
    },
  );
  return listed.stdout.split('\n').filter((file) => /\.(tsx?|mjs)$/.test(file) && existsSync(path.join(root, file)));
}

const asPattern = (glob: string) => glob.replaceAll('.', '\\.').replaceAll('*', '[^/]*');

test('what the page on installing shows and no test runs is no more than this', async () => {
  const shown = blocksOf(await readPage('install.md')).filter(({ notRun }) => notRun !== null);
  expect(shown.map(({ text, notRun }) => [text.trim().split('\n').at(-1), notRun])).toEqual([
    [
      'apt-get install --yes ca-certificates curl docker.io docker-compose git openssl',
      "it is to leave the machine's packages alone.",
    ],
    ['git clone <where you have this page from> /opt/apployd', 'it has the repository.'],
    ['git pull', 'there is no newer version of what it tests.'],
    ['apt-get install --yes docker.io nodejs npm', 'it uses the Docker engine of its machine.'],
    ['npm run build', 'it has the repository, built in just this way.'],
    ['systemctl daemon-reload', 'there is no newer version of what it tests.'],
  ]);
});
