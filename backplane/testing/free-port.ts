import { createServer, type ListenOptions } from 'node:net';

/** Below what the kernel gives to who asks for any port, and to connections: nobody gets one of these by chance. */
const [first, last] = [20_000, 31_999];
const blockSize = 50;
const blocks = Math.floor((last - first + 1) / blockSize);

let block = process.pid % blocks;
const left: number[] = [];

/**
 * A port that nobody listens at, for a program that is told it and binds it later: no other process that asks here is given
 * it while this one lives, and no two that are given to this one are the same.
 */
export async function freePort(): Promise<number> {
  for (let tried = 0; tried < blocks * blockSize; tried += 1) {
    const port = left.shift() ?? (await firstOfNextBlock());
    if (await canListen({ port, exclusive: true })) return port;
  }
  throw new Error(`Somebody listens at every port from ${first} to ${last}.`);
}

/** Of a block that no other process has: it is this one's until its end, by a name that the kernel keeps for it. */
async function firstOfNextBlock(): Promise<number> {
  for (let tried = 0; tried < blocks; tried += 1) {
    block = (block + 1) % blocks;
    if (!(await canListen({ path: `\0apployd-test-ports-${block}` }, true))) continue;
    const [port = first, ...rest] = Array.from({ length: blockSize }, (_, i) => first + block * blockSize + i);
    left.push(...rest);
    return port;
  }
  throw new Error('All ports for tests are given to processes that still run.');
}

/** At any address, where it is a port: whoever gets it chooses his own. */
function canListen(at: ListenOptions, keep = false): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().unref();
    server.once('error', () => resolve(false));
    server.listen(at, () => (keep ? resolve(true) : server.close(() => resolve(true))));
  });
}
