import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { passwordServer } from './password-server.js';

let folder: string;
let server: ReturnType<typeof passwordServer>;
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'apployd-passwords-'));
  server = passwordServer({ check: async (_, said) => (said === 'right' ? 'yes' : 'no') });
  await server.listen(path.join(folder, 'socket'));
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const coded = (text: string, to: 'base64' | 'base64url') => Buffer.from(text).toString(to);
const aLine = (users: string, said: string) => `${coded(users, 'base64url')} ${coded(said, 'base64')} 192.0.2.1\n`;
const users = JSON.stringify([{ name: 'ada', hash: 'of ada' }]);

/** What is answered until the connection ends, or to a line that can be read. */
async function told(line: string): Promise<string> {
  const socket = net.connect(path.join(folder, 'socket'));
  socket.on('error', () => undefined);
  socket.write(line);
  const answer = await Promise.race([once(socket, 'data'), once(socket, 'close').then(() => ['ended'])]);
  socket.destroy();
  return String(answer[0]).trim();
}

test.each(['\n', 'no Base64\n', aLine('no JSON', 'right'), aLine('[{"name":"a:b"}]', 'right'), aLine('{}', 'right')])(
  'a line that cannot be read ends its connection and nothing else: %j',
  async (line) => {
    expect(await told(line)).toBe('ended');
    expect([await told(aLine(users, 'right')), await told(aLine(users, 'wrong'))]).toEqual(['yes', 'no']);
  },
);
