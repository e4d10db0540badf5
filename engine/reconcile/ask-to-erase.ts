import type { Engine } from '../engine.js';
import { erasable } from '../project/erasable.js';

const most = 50;

/** Asks for deleted projects whose time to be restored is over, and again for those whose erasing was cut short. */
export async function askToErase(engine: Engine): Promise<void> {
  for (const id of await erasable(engine, most)) await engine.jobs.ask('erase', id);
}
