import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '@apployd/backplane/log/logger';

export const orderPrefix = 'order-';

/** Longer than any order takes: another engine of this machine may be at one. */
const leftAfterMs = 3_600_000;

/** Folders of orders that an engine was killed in. */
export async function removeLeftOrders(folder: string, log: Pick<Logger, 'warn'>): Promise<void> {
  for (const name of await readdir(folder)) {
    const order = path.join(folder, name);
    if (name.startsWith(orderPrefix) && (await isLeft(order))) await removeFolder(order, log);
  }
}

async function isLeft(order: string): Promise<boolean> {
  const found = await stat(order).catch(() => null);
  return found !== null && Date.now() - found.mtimeMs > leftAfterMs;
}

/** What cannot be removed is said, and hides no failure that is under way. */
export async function removeFolder(folder: string, log: Pick<Logger, 'warn'>): Promise<void> {
  await rm(folder, { recursive: true, force: true }).catch((err: unknown) =>
    log.warn({ err, folder }, 'a folder of an order could not be removed'),
  );
}
