import type { Engine } from '../engine.js';

/** Removes what is kept for projects that are erased, when their erasing was cut short. */
export async function forgetNetworks({ db, runtime }: Engine): Promise<void> {
  const ids = await runtime.projects();
  const rows = await db.project.findMany({ where: { id: { in: [...ids] } }, select: { id: true } });
  const there = new Set(rows.map(({ id }) => id));
  for (const id of ids) if (!there.has(id)) await runtime.forget(id);
}
