import type { SleepDepth } from '@apployd/core/environment';
import type { Instance } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';

/** Puts instances to sleep as deep as is wanted. How deep they sleep then: what has ended meanwhile can sleep no other way. */
export async function freeze(engine: Engine, instances: readonly Instance[], depth: SleepDepth): Promise<SleepDepth> {
  const { runtime, settings } = engine;
  if (depth === 'LIGHT_SLEEP') {
    const frozen = await Promise.all(instances.map(({ id }) => runtime.sleep(id)));
    if (frozen.some(Boolean)) return 'LIGHT_SLEEP';
  }
  // The rows stay: under them the same instances are started again.
  await Promise.all(instances.map(({ id }) => runtime.stop(id, settings.stopGraceMs)));
  return 'DEEP_SLEEP';
}
