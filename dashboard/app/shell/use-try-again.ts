import { useRevalidator } from '@remix-run/react';
import { useEffect, useRef } from 'react';
import { useLatest } from '../apollo/use-latest.js';

const shortestWaitMs = 1_000;
const longestWaitMs = 10_000;

/** Runs the page's loaders again and again, after pauses that grow, until none of them fails any more. */
export function useTryAgain(isWanted: boolean): void {
  const { revalidate, state } = useRevalidator();
  const tryAgain = useLatest(revalidate);
  const tries = useRef(0);
  useEffect(() => {
    if (!isWanted || state !== 'idle') return;
    const timer = setTimeout(tryAgain, Math.min(longestWaitMs, shortestWaitMs * 2 ** tries.current));
    tries.current += 1;
    addEventListener('online', tryAgain);
    return () => {
      clearTimeout(timer);
      removeEventListener('online', tryAgain);
    };
  }, [isWanted, state, tryAgain]);
}
