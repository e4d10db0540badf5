import { useApolloClient } from '@apollo/client/react';
import { ProjectRowChangedDocument } from '@apployd/sdk/documents';
import { useRevalidator } from '@remix-run/react';
import { useEffect, useState } from 'react';
import { useLatest } from './use-latest.js';

const restMs = 5_000;

/**
 * Follows every project of the organization, whoever does something in it. What changes goes into the cache by its id; a
 * project that the page does not know yet is looked up with all others.
 */
export function useProjectsLive(organizationId: string, projects: readonly { readonly id: string }[]): void {
  const client = useApolloClient();
  const { revalidate } = useRevalidator();
  const [tries, setTries] = useState(0);
  const [told, setTold] = useState<string | null>(null);
  const isNew = told !== null && projects.every(({ id }) => id !== told);
  const lookAgain = useLatest(revalidate);
  useEffect(() => {
    if (isNew) lookAgain();
  }, [isNew, told, lookAgain]);
  useEffect(() => {
    let later: ReturnType<typeof setTimeout> | undefined;
    const beginAgain = () => (later ??= setTimeout(() => setTries((count) => count + 1), restMs));
    const followed = client
      .subscribe({ query: ProjectRowChangedDocument, variables: { organizationId } })
      .subscribe({ next: ({ data }) => setTold(data?.projectChanged?.id ?? null), error: beginAgain });
    return () => {
      clearTimeout(later);
      followed.unsubscribe();
    };
  }, [client, organizationId, tries]);
}
