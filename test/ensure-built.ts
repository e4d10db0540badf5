import path from 'node:path';
import { repositoryRoot } from '@apployd/launch/rooms';

/** Builds the rooms, unless they are built and nothing has changed since. */
export async function ensureBuilt(): Promise<void> {
  const program = path.join(repositoryRoot(), 'launch', 'ensure-built.mjs');
  await ((await import(program)) as { ensureBuilt(): Promise<void> }).ensureBuilt();
}
