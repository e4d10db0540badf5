import { useApolloClient } from '@apollo/client/react';
import { DeploymentChangedDocument } from '@apployd/sdk/documents';
import { useEffect, useRef, useState } from 'react';
import { isOver } from '../deployment/state.js';
import { useLookAgain } from './use-look-again.js';

type Seen = { readonly id: string; readonly status: string };

/**
 * Follows each deployment that is under way until it is over. What changes goes into the cache by its id. An end changes more than
 * the deployment (what is live, what can be rolled back to), and a lost connection hides changes: then the page's loaders run again.
 */
export function useDeploymentsLive(deployments: readonly Seen[]): void {
  const client = useApolloClient();
  const lookAgain = useLookAgain();
  const ids = deployments.filter(({ status }) => !isOver(status)).map(({ id }) => id);
  const key = ids.join(' ');
  const told = useRef(new Set<string>());
  const before = useRef<readonly string[]>([]);
  // A list that says no more than the status may tell of an end first: nobody follows then who would tell the rest.
  useEffect(() => {
    const isOverUntold = ({ id }: Seen) => before.current.includes(id) && !ids.includes(id) && !told.current.has(id);
    if (deployments.some(isOverUntold)) lookAgain();
    before.current = ids;
  }, [key, lookAgain]);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    let later: ReturnType<typeof setTimeout> | undefined;
    // One subscription that is refused, such as by a limit, is one of many: all are begun again, after a rest.
    const beginAgain = () => {
      later ??= setTimeout(() => {
        lookAgain();
        setTries((count) => count + 1);
      }, restMs);
    };
    const followed = key
      .split(' ')
      .filter(Boolean)
      .slice(0, mostFollowed)
      .map((id) =>
        client.subscribe({ query: DeploymentChangedDocument, variables: { id } }).subscribe({
          next: ({ data }) => {
            if (!isOver(data?.deploymentChanged?.status ?? 'QUEUED')) return;
            told.current.add(id);
            lookAgain();
          },
          error: beginAgain,
        }),
      );
    return () => {
      clearTimeout(later);
      followed.forEach((subscription) => subscription.unsubscribe());
    };
  }, [client, key, tries, lookAgain]);
  useLookOnReturn(lookAgain);
}

const restMs = 5_000;
/** A socket carries 20 subscriptions, and logs want some of them. The others are looked at whenever one of these ends. */
const mostFollowed = 16;

/** Who comes back to the tab sees what others have started meanwhile. */
function useLookOnReturn(look: () => void): void {
  useEffect(() => {
    let last = Date.now();
    const onReturn = () => {
      if (document.hidden || Date.now() - last < restMs) return;
      last = Date.now();
      look();
    };
    document.addEventListener('visibilitychange', onReturn);
    return () => document.removeEventListener('visibilitychange', onReturn);
  }, [look]);
}
