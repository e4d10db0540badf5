import { InMemoryCache } from '@apollo/client';

/** Everything with an id is one object, wherever it was asked for: what a subscription says of it moves on every screen. */
export const createCache = (): InMemoryCache =>
  new InMemoryCache({
    typePolicies: {
      Deployment: { fields: { status: { merge: later } } },
      ResourcePool: { merge: true },
    },
  });

const order: readonly string[] = ['QUEUED', 'BUILDING', 'DEPLOYING'];
const rank = (status: string) => (order.includes(status) ? order.indexOf(status) : order.length);

/** A page that was asked for before the subscription spoke may arrive after it: a status never goes back. */
export function later(existing: string | undefined, incoming: string): string {
  return existing !== undefined && rank(existing) > rank(incoming) ? existing : incoming;
}
