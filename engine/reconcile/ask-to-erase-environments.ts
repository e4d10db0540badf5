import { erasableEnvironments } from '../environment/erase.js';
import type { Engine } from '../engine.js';

const most = 50;

/** Asks for deleted environments whose time to be restored is over, and again for those whose erasing was cut short. */
export async function askToEraseEnvironments(engine: Engine): Promise<void> {
  for (const id of await erasableEnvironments(engine, most)) await engine.jobs.ask('erase-environment', id);
}
