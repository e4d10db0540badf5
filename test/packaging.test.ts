import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { commandOf, repositoryRoot, roomEnvironment, rooms } from '@apployd/launch/rooms';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { allSettings } from './configuration/settings.js';

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
  services: z.record(z.string(), z.object({ environment: z.record(z.string(), z.unknown()).default({}) })),
});

/** Where it is no choice: servers and dashboards stay on loopback, the engine has the socket that is mounted. */
const fixed = ['SERVER_HOST', 'DASHBOARD_HOST', 'DOCKER_HOST', 'APPLOYD_DATA'];

test.each(rooms.map(({ name }) => name))('Compose hands every setting on that the %s reads', async (name) => {
  const { services } = composeSchema.parse(parse(await read('compose.yml'), { merge: true }));
  const settings = allSettings().filter(({ readBy }) => readBy.some(({ reader }) => reader === name));
  const missing = settings.map((setting) => setting.name).filter((one) => !(one in services[name]!.environment));
  expect(missing.filter((one) => !fixed.includes(one))).toEqual([]);
  const known = new Set(settings.map((setting) => setting.name));
  expect(Object.keys(services[name]!.environment).filter((one) => !known.has(one))).toEqual([]);
});
