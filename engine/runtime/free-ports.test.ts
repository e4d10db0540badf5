import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from '@apployd/backplane/testing/free-port';
import { freePorts } from './free-ports.js';
import type { ProcessRecord } from './process-record.js';

const recordsOf = (...ports: readonly number[]) => ({
  ids: async () => ports.map(String),
  read: async (id: string) => ({ port: Number(id) }) as ProcessRecord,
});
const only = (port: number) => ({ first: port, last: port });

test('a port is none that the kernel gives to a connection or to who asks for any', async () => {
  const [lowest = 0] = (await readFile('/proc/sys/net/ipv4/ip_local_port_range', 'utf8')).split('\t').map(Number);
  const port = await freePorts(recordsOf())();
  expect(port).toBeLessThan(lowest);
  expect(port).toBeGreaterThanOrEqual(1_024);
});

test('starts at once get different ports, though none of them is on record yet', async () => {
  const next = freePorts(recordsOf());
  const ports = await Promise.all(Array.from({ length: 50 }, next));
  expect(new Set(ports).size).toBe(50);
});

test('a port of an instance on record is not given, though nobody listens at it now', async () => {
  const port = await freePort();
  expect(await freePorts(recordsOf(), only(port))()).toBe(port);
  await expect(freePorts(recordsOf(port), only(port))()).rejects.toThrow(/is free for an app/);
});

test.each(['127.0.0.1', '0.0.0.0'])('a port that somebody listens at, at %s, is not given', async (host) => {
  const port = await freePort();
  const server = createServer().listen(port, host);
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  await expect(freePorts(recordsOf(), only(port))()).rejects.toThrow(/is free for an app/);
});
