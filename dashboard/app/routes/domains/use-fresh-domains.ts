import { useEffect } from 'react';
import { useLookAgain } from '../../apollo/use-look-again.js';

const everyMs = 10_000;

type Seen = {
  readonly status: string;
  readonly problem: { readonly code: string } | null;
  readonly certificate: { readonly status: string } | null;
};

/** While one of them is on its way, the page looks again and again, as long as somebody looks at it. */
export function useFreshDomains(domains: readonly Seen[]): void {
  const lookAgain = useLookAgain();
  const isOnItsWay = domains.some(isPassing);
  useEffect(() => {
    if (!isOnItsWay) return;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') lookAgain();
    }, everyMs);
    return () => clearInterval(timer);
  }, [isOnItsWay, lookAgain]);
}

/** A proxy before a name that works is there to stay. */
function isPassing({ status, problem, certificate }: Seen): boolean {
  const hasProblem = problem !== null && problem.code !== 'BEHIND_PROXY';
  return status !== 'ACTIVE' || hasProblem || certificate?.status === 'PENDING';
}
