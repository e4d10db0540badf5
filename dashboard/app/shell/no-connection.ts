/** What browsers say of a request that met nobody, each in its own words. */
const unreached = /failed to fetch|networkerror|load failed|network connection was lost/i;
/** What Remix says when somebody else answered in the dashboard's place, such as a proxy that does not reach it. */
const misdirected = /^Unable to decode turbo-stream response/;

/** Whether a page did not load because the dashboard was not reached, which passes by itself. */
export function isNoConnection(error: unknown): boolean {
  if (error instanceof TypeError) return unreached.test(error.message);
  return error instanceof Error && misdirected.test(error.message);
}
