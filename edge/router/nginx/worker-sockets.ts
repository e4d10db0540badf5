import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

/** Where the workers of Nginx find the edge itself: what it does for them is told from what another process would do. */
export type WorkerSockets = {
  /** Takes the visitors of what sleeps. */
  readonly waker: string;
  /** The same over HTTP/2. */
  readonly wakerHttp2: string;
  /** Answers authorities. */
  readonly challenges: string;
  /** Says whether a password is right. */
  readonly passwords: string;
};

/** What the kernel takes for the path of a socket, without the byte that ends it. */
const mostBytes = 107;

export function socketsIn(folder: string): WorkerSockets {
  const at = (name: string) => path.join(folder, `${name}.sock`);
  const sockets = {
    waker: at('waker'),
    wakerHttp2: at('waker-http2'),
    challenges: at('challenges'),
    passwords: at('passwords'),
  };
  for (const socket of Object.values(sockets)) {
    if (Buffer.byteLength(socket) <= mostBytes) continue;
    throw new Error(
      `The path of a socket has at most ${mostBytes} bytes, and ${socket} is longer: set APPLOYD_DATA to a folder with a shorter path.`,
    );
  }
  return sockets;
}

/**
 * Has the edge listen at sockets in this folder, in which it alone may make any: who comes after an edge that is gone finds
 * nobody there, never somebody else. `user` is the account of the workers, which alone may connect; null: the edge's own.
 * Nobody passes into the folder before that is so.
 */
export async function openToWorkers(
  folder: string,
  user: string | null,
  listen: () => Promise<readonly string[]>,
): Promise<void> {
  const uid = await uidOf(user);
  await mkdir(folder, { recursive: true, mode: uid === null ? 0o700 : 0o711 });
  await chmod(folder, 0o700);
  await Promise.all(Object.values(socketsIn(folder)).map((left) => rm(left, { force: true })));
  for (const socket of await listen()) {
    await chmod(socket, 0o600);
    if (uid !== null) await chown(socket, uid, -1);
  }
  if (uid === null) return;
  await letPass(path.dirname(folder));
  await chmod(folder, 0o711);
}

/** To what lies in it, without a look at what that is. */
async function letPass(folder: string): Promise<void> {
  await chmod(folder, (await stat(folder)).mode | 0o011);
}

/** Null where the workers have the edge's own account. */
export async function uidOf(user: string | null): Promise<number | null> {
  if (user === null) return null;
  const found = await promisify(execFile)('id', ['-u', user], { timeout: 10_000 }).catch((cause: unknown) => {
    throw new Error(`There is no account ${user}: set EDGE_NGINX_USER to one that is there.`, { cause });
  });
  return Number(found.stdout);
}
