import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findPostmaster } from './postmaster.js';

type Says = (socket: Socket) => void;

/** See PostgreSQL's "Message Formats": a letter, the length with itself, and what is said. */
function message(letter: string, content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  const head = Buffer.alloc(5, letter);
  head.writeInt32BE(4 + bytes.length, 1);
  return Buffer.concat([head, bytes]);
}

const lets = (socket: Socket) => void socket.write(Buffer.concat([message('R', Buffer.alloc(4)), message('Z', 'I')]));
const fails =
  (code: string): Says =>
  (socket) =>
    void socket.end(message('E', `SFATAL\0C${code}\0Mno\0\0`));
const resets: Says = (socket) => void socket.resetAndDestroy();
const hangsUp: Says = (socket) => void socket.end();

/** A cluster whose noted process is there, and whose port says this to one after the other, the last to all that follow. */
async function aCluster(...says: Says[]) {
  let count = 0;
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => says[Math.min(count++, says.length - 1)]?.(socket));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const folder = await mkdtemp(path.join(os.tmpdir(), 'postmaster-test-'));
  onTestFinished(async () => {
    server.close();
    await rm(folder, { recursive: true });
  });
  const data = path.join(folder, 'data');
  await mkdir(data);
  const { port } = server.address() as AddressInfo;
  await writeFile(path.join(data, 'postmaster.pid'), `${process.pid}\n${data}\n0\n${port}\n\n127.0.0.1\n\nready\n`);
  return { cluster: { folder, data, password: 'secret' }, port };
}

const soon = (ms = 20_000) => Date.now() + ms;

test.each([
  ['is starting or ending', fails('57P03')],
  ['has no place left', fails('53300')],
  ['resets the connection', resets],
  ['hangs up', hangsUp],
])('one that %s is asked again, and is found once it lets in', async (_, says) => {
  const { cluster, port } = await aCluster(says, says, lets);
  expect(await findPostmaster(cluster, soon())).toMatchObject({ pid: process.pid, port });
});

test.each(['28P01', '28000'])('one that refuses the password with %s is another', async (code) => {
  const { cluster } = await aCluster(fails(code), lets);
  expect(await findPostmaster(cluster, soon())).toBeNull();
});

test('one that stays full is neither taken over nor taken for another: it is named', async () => {
  const { cluster } = await aCluster(fails('53300'));
  await expect(findPostmaster(cluster, soon(100))).rejects.toThrow(`A PostgreSQL (pid ${process.pid}) holds`);
});
