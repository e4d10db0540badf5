import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Docker from 'dockerode';
import { expect, test } from 'vitest';
import { endProcessesOf, watchLeftovers } from './leftovers.js';
import { isLeftOut } from './without.js';

const aMarker = () => `apployd-leftovers-${crypto.randomUUID()}`;

test('a process that lives on is told by its environment or its folder, and ended', async () => {
  const marker = aMarker();
  const folder = await mkdtemp(path.join(tmpdir(), marker));
  const leftBehind = await watchLeftovers({ marker });
  const byEnvironment = spawn('sleep', ['600'], { env: { ...process.env, MARK: marker } });
  const byFolder = spawn('sleep', ['600'], { env: {}, cwd: folder });
  await Promise.all([once(byEnvironment, 'spawn'), once(byFolder, 'spawn')]);
  const left = await leftBehind();
  expect(left).toContainEqual(`process ${byEnvironment.pid}: sleep 600`);
  expect(left).toContainEqual(`process ${byFolder.pid}: sleep 600`);
  await endProcessesOf(marker);
  expect(await leftBehind(5000)).toEqual([]);
  await rm(folder, { recursive: true });
});

test.skipIf(isLeftOut('docker'))('a container that is left is named until it is gone', async () => {
  const marker = aMarker();
  const leftBehind = await watchLeftovers({ marker, labels: [`apployd.test=${marker}`] });
  const container = await new Docker().createContainer({
    Image: 'busybox:latest',
    name: marker,
    Labels: { 'apployd.test': marker },
  });
  expect(await leftBehind()).toEqual([`container ${container.id.slice(0, 12)} /${marker} (created)`]);
  await container.remove({ force: true });
  expect(await leftBehind()).toEqual([]);
});
