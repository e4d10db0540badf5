import type { Engine } from '../engine.js';
import { found } from './found.js';

/** Six heartbeats. */
const silentMs = 30_000;

/** Marks servers whose engine says nothing any more. What it was at is taken up by others once its leases are over. */
export async function noticeSilent(engine: Engine): Promise<void> {
  const silent = await engine.db.server.updateManyAndReturn({
    where: { status: 'READY', heartbeatAt: { lt: new Date(engine.clock.now().getTime() - silentMs) } },
    data: { status: 'UNREACHABLE' },
    select: { id: true, name: true, heartbeatAt: true },
  });
  for (const { id, name, heartbeatAt } of silent) found(engine, 'server.silent', { serverId: id, name, heartbeatAt });
}
