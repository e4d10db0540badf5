import type { Engine } from '../engine.js';

/** Says in the server's row that its engine is there. One that was given up for unreachable is ready again. */
export async function heartbeat({ db, clock, settings: { serverId: id } }: Engine): Promise<void> {
  await db.server.update({ where: { id }, data: { heartbeatAt: clock.now() } });
  await db.server.updateMany({ where: { id, status: 'UNREACHABLE' }, data: { status: 'READY' } });
}
