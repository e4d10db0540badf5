import { existsSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { readProcess } from '../runtime/process-table.js';
import { runCommand } from './run-command.js';

const none = new AbortController().signal;
const node = (script: string, more: object = {}) => ({
  argv: [process.execPath, '-e', script],
  cwd: tmpdir(),
  environment: {},
  ...more,
});

test('exit code and both outputs are told, and nothing of our environment is passed on', async () => {
  const result = await runCommand(node('console.log(process.env.PATH); console.error("b"); process.exit(3)'), none);
  expect(result).toEqual({ exitCode: 3, signal: null, stdout: 'undefined\n', stderr: 'b\n' });
});

test('arguments reach the program as they are', async () => {
  const argv = [process.execPath, '-p', 'JSON.stringify(process.argv.slice(1))', '--', '$(id)', '; x', 'a b'];
  const { stdout } = await runCommand({ argv, cwd: tmpdir(), environment: {} }, none);
  expect(JSON.parse(stdout)).toEqual(['$(id)', '; x', 'a b']);
});

test('an aborted command rejects with the reason, and its whole group has ended', async () => {
  const controller = new AbortController();
  const child = 'require("child_process").spawn("sleep", ["600"], { stdio: "inherit" })';
  let pid = 0;
  const onOutput = (chunk: Buffer) => {
    pid = Number(chunk.toString());
    controller.abort(new Error('enough'));
  };
  await expect(
    runCommand(
      node(`console.log(${child}.pid)`, { onOutput, environment: { PATH: '/usr/bin:/bin' } }),
      controller.signal,
    ),
  ).rejects.toThrow('enough');
  await expect.poll(() => readProcess(pid)).toBeNull();
});

test('a command whose group may not be ended still rejects with the reason, once it ends by itself', async () => {
  const kill = vi.spyOn(process, 'kill').mockImplementation(() => {
    throw Object.assign(new Error('EPERM'), { code: 'EPERM' });
  });
  onTestFinished(() => kill.mockRestore());
  const controller = new AbortController();
  const onOutput = () => controller.abort(new Error('enough'));
  await expect(runCommand(node('console.log("here")', { onOutput }), controller.signal)).rejects.toThrow('enough');
  expect(kill).toHaveBeenCalled();
});

test('what one that left the group has written before it is let go is heard, though this process stood still until then', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'apployd-command-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const leaver = 'touch left; until [ -e go ]; do [ -e left ] || exit; sleep 0.02; done; echo heard; touch said';
  const holdsOn = 'while [ -e left ]; do sleep 0.02; done';
  const script = `setsid sh -c '${leaver}; ${holdsOn}' & until [ -e left ]; do sleep 0.02; done`;
  const command = { argv: ['/bin/sh', '-c', script], cwd: folder, environment: { PATH: '/usr/bin:/bin' } };
  const running = runCommand(command, none);
  await expect.poll(() => vi.getTimerCount()).toBe(1);
  writeFileSync(join(folder, 'go'), '');
  const end = Date.now() + 10_000;
  while (!existsSync(join(folder, 'said')) && Date.now() < end);
  vi.runAllTimers();
  expect((await running).stdout).toBe('heard\n');
});

test('a program that is not there rejects', async () => {
  await expect(runCommand({ argv: ['/nowhere/x'], cwd: tmpdir(), environment: {} }, none)).rejects.toThrow('ENOENT');
});
