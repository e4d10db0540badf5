import { spawn } from 'node:child_process';
import { access, chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { deadlineIn } from '@apployd/core/deadline';
import { newId } from '@apployd/core/id';
import { MiB } from '@apployd/core/resources';
import { isRunning } from './process-table.js';
import { processRuntime } from './process.js';
import type { ProcessRuntimeOptions } from './process.js';
import { runtimeConformance } from './runtime.conformance.js';
import type { StartRequest } from './runtime.js';

const sampleApp = fileURLToPath(new URL('sample-app.mjs', import.meta.url));
const sampleCheck = fileURLToPath(new URL('sample-check.mjs', import.meta.url));

async function aMachine(options: Partial<ProcessRuntimeOptions> = {}) {
  const root = await mkdtemp(join(tmpdir(), 'apployd-process-'));
  const releases = join(root, 'releases');
  await mkdir(join(releases, 'sample'), { recursive: true });
  await copyFile(sampleApp, join(releases, 'sample', 'app.mjs'));
  await copyFile(sampleCheck, join(releases, 'sample', 'check.mjs'));
  const stopWatching = new AbortController();
  return {
    root,
    create: () => processRuntime({ folder: root, releases, signal: stopWatching.signal, ...options }),
    imageId: 'process:sample',
    command: ['node', 'app.mjs'],
    tearDown: async () => {
      stopWatching.abort();
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

runtimeConformance('process', () => aMachine());
runtimeConformance('process (limits by watching)', () => aMachine({ cgroupParent: null }));

describe('a machine', () => {
  const aRequest = (overrides: Partial<StartRequest> = {}): StartRequest => ({
    instanceId: newId(),
    deploymentId: newId(),
    organizationId: newId(),
    projectId: newId(),
    environmentId: newId(),
    process: 'web',
    imageId: 'process:sample',
    command: ['node', 'app.mjs'],
    mounts: [],
    variables: {},
    port: 3000,
    limits: { memoryBytes: 256 * MiB, cpuMillicores: 1000 },
    ...overrides,
  });
  async function start(options: Partial<ProcessRuntimeOptions> = {}, overrides: Partial<StartRequest> = {}) {
    const machine = await aMachine(options);
    const runtime = machine.create();
    const instance = await runtime.start(aRequest(overrides));
    onTestFinished(async () => {
      await runtime.stop(instance.handle, 0);
      await machine.tearDown();
    });
    const ask = (path: string) =>
      fetch(`http://${instance.host}:${instance.port}${path}`).then((response) => response.text());
    await expect.poll(() => ask('/').catch(() => ''), patience).toBe('hello');
    return { machine, runtime, instance, ask, folder: join(machine.root, 'instances', instance.handle) };
  }
  const patience = { timeout: 20_000, interval: 20 };
  type Kept = { leader: { pid: number; startTime: string }; cgroup: { pids: string } | null };
  const record = async (folder: string) => JSON.parse(await readFile(join(folder, 'instance.json'), 'utf8')) as Kept;

  test('gives an app the variables it was given, a few of its own, and none of the engine', async () => {
    const { ask } = await start({}, { variables: { GIVEN: 'yes', LANG: 'de_DE.UTF-8' } });
    const names = (await ask('/variables')).split('\n').sort();
    expect(names).toEqual(['APPLOYD_INSTANCE_ID', 'GIVEN', 'HOME', 'LANG', 'NODE_ENV', 'PATH', 'PORT']);
    expect(await ask('/variable?name=LANG')).toBe('de_DE.UTF-8');
  });

  test('keeps nothing of an instance that was stopped', async () => {
    const { runtime, instance, machine, folder } = await start();
    const { cgroup } = await record(folder);
    await runtime.stop(instance.handle, 1_000);
    expect(await readdir(join(machine.root, 'instances'))).toEqual([]);
    if (cgroup) await expect(access(cgroup.pids)).rejects.toThrow('ENOENT');
  });

  test('never signals a process that has the pid of an instance and is another', async () => {
    const { runtime, instance, folder } = await start({ cgroupParent: null });
    const stranger = spawn('sleep', ['100'], { stdio: 'ignore' });
    onTestFinished(() => void stranger.kill('SIGKILL'));
    const kept = await record(folder);
    const forged = { ...kept, instanceId: 'forged', leader: { ...kept.leader, pid: stranger.pid } };
    await mkdir(join(folder, '..', 'forged'));
    await writeFile(join(folder, '..', 'forged', 'instance.json'), JSON.stringify(forged));
    expect(await runtime.inspect('forged')).toMatchObject({ state: 'ended', exitCode: null });
    await runtime.stop('forged', 1_000);
    expect([stranger.exitCode, stranger.signalCode]).toEqual([null, null]);
    expect((await runtime.inspect(instance.handle)).state).toBe('running');
  });

  test('ends what a start that was cut short by a crash has left', async () => {
    const { runtime, instance, folder } = await start({ cgroupParent: null });
    const kept = await record(folder);
    await writeFile(join(folder, 'instance.json'), JSON.stringify({ ...kept, leader: null }));
    await runtime.stop(instance.handle, 0);
    expect(await isRunning(kept.leader.pid, kept.leader.startTime)).toBe(false);
  });

  test('keeps the output of an app small', async () => {
    const { ask, folder } = await start({ maxOutputBytes: 20_000 });
    for (let round = 0; round < 3; round += 1) {
      await ask('/print?from=0&count=5000');
      await expect
        .poll(async () => (await stat(join(folder, 'stdout.log'))).size, patience)
        .toBeLessThanOrEqual(20_000);
    }
  });

  test('notes the end of what an earlier engine has started, and what it left behind ends', async () => {
    const { machine, runtime, instance, folder } = await start({ cgroupParent: null });
    const kept = await record(folder);
    const copy = join(folder, '..', 'copy');
    await mkdir(copy);
    await writeFile(
      join(copy, 'instance.json'),
      JSON.stringify({ ...kept, instanceId: 'copy', leader: { pid: 2 ** 22 + 1, startTime: '1' } }),
    );
    const left = spawn('sleep', ['100'], {
      stdio: 'ignore',
      detached: true,
      env: { PATH: '/bin:/usr/bin', APPLOYD_INSTANCE_ID: 'copy' },
    });
    onTestFinished(() => void left.kill('SIGKILL'));
    machine.create();
    await expect
      .poll(
        async () => (JSON.parse(await readFile(join(copy, 'instance.json'), 'utf8')) as { ended: unknown }).ended,
        patience,
      )
      .toEqual({
        exitCode: null,
        outOfMemory: false,
      });
    expect(left.signalCode).toBe('SIGKILL');
    expect((await runtime.inspect(instance.handle)).state).toBe('running');
  });

  test.runIf(process.getuid?.() === 0)('runs apps as another user when told to', async () => {
    const machine = await aMachine({ user: { uid: 65534, gid: 65534 } });
    onTestFinished(() => machine.tearDown());
    await chmod(machine.root, 0o755);
    const runtime = machine.create();
    const script =
      "console.log(process.getuid(), process.getgid()); require('fs').writeFileSync(process.env.HOME + '/x', '')";
    const { handle } = await runtime.start(aRequest({ command: ['node', '-e', script] }));
    onTestFinished(() => runtime.stop(handle, 0));
    await expect.poll(() => runtime.inspect(handle), patience).toMatchObject({ state: 'ended', exitCode: 0 });
    const lines = [];
    for await (const { message } of runtime.output(handle, null, deadlineIn(20_000))) lines.push(message);
    expect(lines).toEqual(['65534 65534']);
  });

  test.each(['..', '../../etc', 'a/b', ''])('refuses %j as an instance id', async (instanceId) => {
    const machine = await aMachine();
    onTestFinished(() => machine.tearDown());
    await expect(machine.create().start(aRequest({ instanceId }))).rejects.toThrow('Not an instance id');
  });
});
