import type { Action } from '@apployd/core/access';
import type { Person } from './make.js';
import type { World } from './world.js';

/** One way in which a mutation has an effect, and who may have it so. */
export type Act = {
  readonly mutation: string;
  /** Its success, where that has not the mutation's own name. */
  readonly payload?: string;
  /**
   * What has to be allowed, in the order in which it is asked: actions of core/access.ts. `session`: whoever has signed
   * in. `operator`: who runs the platform. `anybody`: it takes no credentials.
   */
  readonly asks: readonly Action[] | 'session' | 'operator' | 'anybody';
  /** Who may not do this does not see its object either. */
  readonly sees?: Action;
  /** For one more effect: each call gives another. */
  readonly input: (world: World, as: Person) => object | Promise<object>;
  /** What its entry of the audit log tells of. */
  readonly tells: readonly ('before' | 'after')[];
};
