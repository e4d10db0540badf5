import { requestError } from '../request-error.js';

/** How many subscriptions one person may have open, over all of their connections. */
export type SubscriptionLimit = {
  /** Counts one in, or throws RATE_LIMITED; call what it returns when the subscription is over. */
  enter(userId: string): () => void;
};

export function subscriptionLimit(most: number): SubscriptionLimit {
  const open = new Map<string, number>();
  const change = (userId: string, by: number) => {
    const count = (open.get(userId) ?? 0) + by;
    if (count > 0) open.set(userId, count);
    else open.delete(userId);
  };
  return {
    enter: (userId) => {
      if ((open.get(userId) ?? 0) >= most) {
        throw requestError('RATE_LIMITED', `At most ${most} subscriptions may be open at a time. End some first.`);
      }
      change(userId, 1);
      let inside = true;
      return () => {
        if (inside) change(userId, -1);
        inside = false;
      };
    },
  };
}
