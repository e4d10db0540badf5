import { isRouteErrorResponse } from '@remix-run/react';

/** What browsers say of a request that met nobody, each in its own words. */
const unreached = /failed to fetch|network ?error|load failed|network connection was lost/i;
/** What Remix says when somebody else answered in the dashboard's place, such as a proxy that does not reach it. */
const misdirected = /^Unable to decode turbo-stream response/;

/** What the dashboard answers for an API that does not answer it, or has been asked for too much of late. */
export const away: readonly unknown[] = [429, 502, 503, 504];

/** Whether a page did not load for a reason that passes by itself: the dashboard, or the API behind it, was not reached, or has to be left alone for a moment. */
export function passesByItself(error: unknown): boolean {
  return isNoConnection(error) || (isRouteErrorResponse(error) && away.includes(error.status));
}

/** Whether a page did not load because the dashboard was not reached, which passes by itself. */
export function isNoConnection(error: unknown): boolean {
  if (error instanceof TypeError) return unreached.test(error.message);
  return error instanceof Error && misdirected.test(error.message);
}
