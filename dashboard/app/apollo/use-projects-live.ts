import { useApolloClient } from '@apollo/client/react';
import { ProjectRowChangedDocument } from '@apployd/sdk/documents';
import { useEffect, useRef, useState } from 'react';
import { atMostEvery } from './at-most-every.js';
import { useLookAgain } from './use-look-again.js';

const restMs = 5_000;

/**
 * Follows every project of the organization, whoever does something in it. What changes goes into the cache by its id; for
 * a project that the page does not know all are looked up again, and for an organization that is out of sight by now.
 */
export function useProjectsLive(organizationId: string, projects: readonly { readonly id: string }[]): void {
  const client = useApolloClient();
  const lookAgain = useLookAgain();
  const known = useRef(projects);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    known.current = projects;
  });
  useEffect(() => {
    const look = atMostEvery(restMs, lookAgain);
    let later: ReturnType<typeof setTimeout> | undefined;
    const beginAgain = () => {
      later ??= setTimeout(() => {
        lookAgain();
        setTries((count) => count + 1);
      }, restMs);
    };
    const isKnown = (told: string) => known.current.some(({ id }) => id === told);
    const followed = client.subscribe({ query: ProjectRowChangedDocument, variables: { organizationId } }).subscribe({
      next: ({ data }) => {
        const changed = data?.projectChanged;
        if (!changed || !isKnown(changed.id)) look.now();
      },
      error: beginAgain,
    });
    return () => {
      clearTimeout(later);
      look.stop();
      followed.unsubscribe();
    };
  }, [client, organizationId, tries, lookAgain]);
}
