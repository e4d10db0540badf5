import { useRevalidator } from '@remix-run/react';
import { useEffect } from 'react';

const everyMs = 10_000;

/** While one of them is on its way, the page looks again and again, as long as somebody looks at it. */
export function useFreshDomains(domains: readonly { readonly status: string; readonly problem: unknown }[]): void {
  const { revalidate } = useRevalidator();
  const isOnItsWay = domains.some(({ status, problem }) => status !== 'ACTIVE' || problem !== null);
  useEffect(() => {
    if (!isOnItsWay) return;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') revalidate();
    }, everyMs);
    return () => clearInterval(timer);
  }, [isOnItsWay, revalidate]);
}
