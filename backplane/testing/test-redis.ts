import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { freePort } from './free-port.js';

export type TestRedis = {
  readonly url: string;
  readonly port: number;
  /** Has it forget all that it knows, as an operator's FLUSHALL does. */
  empty(): Promise<void>;
  /** Has it answer nobody for so long, as one that cannot be reached; what is in it stays. */
  halt(ms: number): Promise<void>;
  /** Ends it at once; starting another on its port simulates a restart that lost everything. */
  close(): Promise<void>;
};

/** An empty Redis of this test file's own: publish/subscribe of others would be heard through a shared one. */
export async function testRedis(port?: number): Promise<TestRedis> {
  const chosen = port ?? (await freePort());
  const server = spawn(
    'redis-server',
    ['--port', String(chosen), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const ended = once(server, 'exit');
  const endWithTests = () => server.kill('SIGKILL');
  process.once('exit', endWithTests);
  await Promise.race([ready(server.stdout), failure(server, ended)]);
  return {
    url: `redis://127.0.0.1:${chosen}`,
    port: chosen,
    async empty() {
      const client = new Redis(chosen, '127.0.0.1');
      await client.flushall();
      client.disconnect();
    },
    async halt(ms) {
      server.kill('SIGSTOP');
      await setTimeout(ms);
      server.kill('SIGCONT');
    },
    async close() {
      process.off('exit', endWithTests);
      server.kill('SIGKILL');
      await ended;
    },
  };
}

/** Whether the person who runs the tests said that Redis is to be left out. */
export function withoutRedis(environment: Readonly<Record<string, string | undefined>>): boolean {
  return (environment['APPLOYD_TEST_WITHOUT'] ?? '').split(',').includes('redis');
}

async function ready(output: NodeJS.ReadableStream): Promise<void> {
  for await (const line of createInterface(output)) if (line.includes('Ready to accept connections')) break;
  output.resume();
}

async function failure(server: NodeJS.EventEmitter, ended: Promise<unknown>): Promise<never> {
  const [cause] = await Promise.race([once(server, 'error'), ended.then(() => [null])]);
  throw new Error(
    'redis-server did not start. Install it (`npm run setup:host`, or your package manager), or leave its suites out with APPLOYD_TEST_WITHOUT=redis.',
    { cause },
  );
}
