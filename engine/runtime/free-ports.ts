import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import type { ProcessRecords } from './process-record.js';

/** Below what kernels give to connections and to who asks for any port: nobody gets one of these by chance. */
const appPorts = { first: 10_000, last: 19_999 };

/**
 * Gives ports for apps that are told theirs and bind it later: ones that nobody listens at and no instance on record has.
 * None is given again before all others were, so that starts at once get different ones before they are on record.
 * Rejects when there is none.
 */
export function freePorts(
  records: Pick<ProcessRecords, 'ids' | 'read'>,
  { first, last } = appPorts,
): () => Promise<number> {
  const count = last - first + 1;
  // Another engine on this machine begins elsewhere.
  let turn = randomInt(count);
  return async () => {
    const taken = await portsOnRecord(records);
    for (let tried = 0; tried < count; tried += 1) {
      const port = first + (turn++ % count);
      if (!taken.has(port) && (await isFree(port))) return port;
    }
    throw new Error(`No port from ${first} to ${last} is free for an app.`);
  };
}

async function portsOnRecord(records: Pick<ProcessRecords, 'ids' | 'read'>): Promise<ReadonlySet<number>> {
  const found = await Promise.all((await records.ids()).map((id) => records.read(id)));
  return new Set(found.flatMap((record) => (record ? [record.port] : [])));
}

/** At every address, of either family: the app chooses its own. */
function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
