import type { Engine } from '../engine.js';

/** Forgets steps of builds that are older, unless a build is under way here: it may stand on any of them. */
export async function forgetSteps({ db, builder, settings }: Engine, keepMs: number): Promise<void> {
  const { serverId } = settings;
  if ((await db.deployment.count({ where: { serverId, status: 'BUILDING' } })) > 0) return;
  await builder.forgetSteps(keepMs);
}
