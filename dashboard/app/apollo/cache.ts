import { InMemoryCache } from '@apollo/client';

/** Everything with an id is one object, wherever it was asked for: what a subscription says of it moves on every screen. */
export const createCache = (): InMemoryCache =>
  new InMemoryCache({
    typePolicies: {
      Deployment: {
        fields: {
          status: { merge: later },
          serving: { merge: laterServing },
          stages: { merge: further },
          rollout: { merge: newer },
        },
      },
      // Parts of a deployment that have no id: a row of a list that knows less of them takes nothing from the deployment's page.
      GitSource: { merge: true },
      DeploymentFailure: { merge: true },
      ResourcePool: { merge: true },
    },
  });

/** Which of two words for the same is later; one that is not in the order comes last. */
function laterIn(order: readonly string[]) {
  const rank = (word: string) => (order.includes(word) ? order.indexOf(word) : order.length);
  return (existing: string | undefined, incoming: string): string =>
    existing !== undefined && rank(existing) > rank(incoming) ? existing : incoming;
}

/** A page that was asked for before the subscription spoke may arrive after it: a status never goes back. */
export const later = laterIn(['QUEUED', 'BUILDING', 'DEPLOYING']);

/** Nor does whether it serves. */
export const laterServing = laterIn(['NONE', 'LIVE', 'STANDBY']);

type Stage = { readonly attempts?: number; readonly finishedAt?: string | null };

/** The same of its stages: each is begun, ends, and may be begun again. */
export function further<Of extends Stage>(existing: readonly Of[] | undefined, incoming: readonly Of[]): readonly Of[] {
  return existing !== undefined && progress(existing) > progress(incoming) ? existing : incoming;
}

const progress = (stages: readonly Stage[]) =>
  stages.reduce((sum, { attempts = 0, finishedAt }) => sum + 2 * attempts + (finishedAt ? 1 : 0), 0);

type Side = { readonly requests?: number };
type Rollout = {
  readonly step?: number;
  readonly verdict?: string | null;
  readonly old?: Side;
  readonly new?: Side;
};

/** And of its rollout: it begins, goes on step by step, has answered more and more, and is decided. */
export function newer<Of extends Rollout>(existing: Of | null | undefined, incoming: Of | null): Of | null {
  if (!existing) return incoming;
  if (!incoming) return existing;
  const [before, after] = [marksOf(existing), marksOf(incoming)];
  const at = before.findIndex((mark, i) => mark !== after[i]);
  return (before[at] ?? 0) > (after[at] ?? 0) ? existing : incoming;
}

const marksOf = ({ verdict, step = 0, old, new: ofNew }: Rollout) => [
  verdict ? 1 : 0,
  step,
  (old?.requests ?? 0) + (ofNew?.requests ?? 0),
];
