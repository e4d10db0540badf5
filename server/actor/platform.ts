import { brandWithType } from '@pothos/core';

export type SystemActor = { readonly component: string };

/** The platform itself, where no person and no token stands behind what was done. */
export function platformActor(): SystemActor {
  const actor = { component: 'platform' };
  brandWithType(actor, 'SystemActor' as never);
  return actor;
}
