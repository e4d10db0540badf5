import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';

const fixture = path.join(import.meta.dirname, 'testing', 'process-fixture.ts');

function run(env: Record<string, string>, ...flags: string[]): { child: ChildProcess; end: Promise<End> } {
  const child = spawn(process.execPath, ['--conditions=source', '--import', 'tsx', fixture, ...flags], {
    env: { ...process.env, PORT: '0', APPLOYD_SECRET: 's'.repeat(32), ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  return { child, end: endOf(child) };
}

interface End {
  readonly code: number | null;
  readonly output: string;
  readonly complaint: string;
}

async function endOf(child: ChildProcess): Promise<End> {
  const [[code], output, complaint] = await Promise.all([
    once(child, 'exit') as Promise<[number | null]>,
    text(child.stdout!),
    text(child.stderr!),
  ]);
  return { code, output, complaint };
}

test.each(['SIGTERM', 'SIGINT'] as const)('%s ends it gracefully once it told that it is ready', async (signal) => {
  const { child, end } = run({});
  const [message] = (await once(child, 'message')) as [unknown];
  expect(message).toEqual({ type: 'ready', url: 'http://127.0.0.1:0' });
  child.kill(signal);
  expect(await end).toMatchObject({ code: 0, output: expect.stringContaining('closed') as string });
});

test('what it logs does not hold its own secrets', async () => {
  const { child, end } = run({ APPLOYD_SECRET: 'quite-unusual-example-for-this-test' });
  await once(child, 'message');
  child.kill('SIGTERM');
  const { output } = await end;
  expect(output).toContain('started with [secret]');
  expect(output).not.toContain('quite-unusual');
});

test('the loss of its launcher ends it gracefully', async () => {
  const { child, end } = run({});
  await once(child, 'message');
  child.disconnect();
  expect(await end).toMatchObject({ code: 0, output: expect.stringContaining('closed') as string });
});

test('a process that cannot end in time exits all the same, with 1', async () => {
  const { child, end } = run({ CLOSE: 'never' });
  await once(child, 'message');
  child.kill('SIGTERM');
  expect(await end).toMatchObject({ code: 1, output: expect.stringContaining('did not end in time') as string });
});

test('a wrong configuration is one line and exit code 1', async () => {
  const { end } = run({ APPLOYD_SECRET: 'short', PORT: 'x' });
  const { code, complaint } = await end;
  expect(code).toBe(1);
  expect(complaint.trim().split('\n')).toEqual([expect.stringMatching(/^fixture: PORT: .*; APPLOYD_SECRET: /)]);
});

test('a taken port is named', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { code, output } = await run({ PORT: String(port) }).end;
  server.close();
  expect(code).toBe(1);
  expect(output).toContain(`port ${port} of 127.0.0.1 is taken`);
});

test('the configuration is printed with its secrets masked', async () => {
  const { output } = await run({ PORT: '7' }, '--print-config').end;
  expect(JSON.parse(output)).toMatchObject({ PORT: 7, APPLOYD_SECRET: '********', CLOSE: 'well' });
});
