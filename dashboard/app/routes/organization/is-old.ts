import type { ShouldRevalidateFunctionArgs } from '@remix-run/react';

type Visit = Pick<
  ShouldRevalidateFunctionArgs,
  'currentUrl' | 'nextUrl' | 'currentParams' | 'nextParams' | 'formMethod'
>;

const freshForMs = 10_000;

/**
 * Whether what surrounds the pages of an organization has to be loaded anew: after something was done, on another
 * organization's pages, when asked to, and on the way to another page once it is ten seconds old. Its live parts follow the
 * platform meanwhile, and who looks through many pages does not pay for it with each of them.
 */
export function isOld({ currentUrl, nextUrl, currentParams, nextParams, formMethod }: Visit, ageMs: number): boolean {
  const isOnTheWay = currentUrl.href !== nextUrl.href && (formMethod === undefined || formMethod === 'GET');
  return !isOnTheWay || currentParams.org !== nextParams.org || ageMs >= freshForMs;
}
