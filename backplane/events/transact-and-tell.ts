import { noteEvents } from '@apployd/prisma/append-event';
import type { Db, Transaction } from '@apployd/prisma/create-db';
import type { Events } from './events.js';

type Options = {
  /** The token that acts, where one does. */
  readonly tokenId?: string | null;
  readonly maxWait?: number;
  readonly timeout?: number;
};

/** A transaction that appends events: those who follow their streams are told once it is committed, and not before. */
export async function transactAndTell<T>(
  { db, events }: { readonly db: Db; readonly events: Pick<Events, 'publish'> },
  work: (tx: Transaction) => Promise<T>,
  { tokenId = null, ...patience }: Options = {},
): Promise<T> {
  let told: ReadonlySet<string> = new Set();
  const done = await db.$transaction((tx) => {
    told = noteEvents(tx, tokenId);
    return work(tx);
  }, patience);
  for (const id of told) events.publish('event', id);
  return done;
}
