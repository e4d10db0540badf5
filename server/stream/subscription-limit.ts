import { requestError } from '../request-error.js';

/** How many subscriptions may be open at a time, over all connections, by WebSocket and server-sent events alike. */
export type SubscriptionLimit = {
  /** Counts one in, or throws RATE_LIMITED; call what it returns when the subscription is over. */
  enter(of: { readonly principalId: string; readonly organizationId: string }): () => void;
};

/** Of one token or person, and of all members of an organization together. */
export function subscriptionLimit(most = { ofPrincipal: 100, ofOrganization: 500 }): SubscriptionLimit {
  const open = new Map<string, number>();
  const change = (id: string, by: number) => {
    const count = (open.get(id) ?? 0) + by;
    if (count > 0) open.set(id, count);
    else open.delete(id);
  };
  return {
    enter: ({ principalId, organizationId }) => {
      refuseAbove(most.ofPrincipal, open.get(principalId), 'you');
      refuseAbove(most.ofOrganization, open.get(organizationId), 'the members of this organization together');
      const both = [principalId, organizationId];
      for (const id of both) change(id, 1);
      let inside = true;
      return () => {
        if (inside) for (const id of both) change(id, -1);
        inside = false;
      };
    },
  };
}

function refuseAbove(most: number, open: number | undefined, who: string): void {
  if ((open ?? 0) < most) return;
  throw requestError('RATE_LIMITED', `At most ${most} subscriptions of ${who} may be open at a time. End some first.`);
}
