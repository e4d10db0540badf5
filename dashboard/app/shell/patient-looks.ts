import { away } from './no-connection.js';

type Place = { readonly pathname: string; readonly search: string };

/** What of Remix's router tells a look for news (the loaders run again under a page that stands) from a way to another page. */
export type Router = {
  readonly state: {
    readonly location: Place;
    readonly navigation: {
      readonly state: string;
      readonly location?: Place | undefined;
      readonly formMethod?: string | undefined;
    };
    readonly revalidation: string;
  };
};

type Fetch = typeof fetch;
type Pause = (ms: number, signal: AbortSignal | null) => Promise<void>;

const shortestPauseMs = 1_000;
const longestPauseMs = 10_000;
/** So often in a row it is not believed that the platform cannot answer. */
const mostRefusals = 5;

/**
 * A `fetch` whose looks for news are made again, after pauses that grow, as long as nobody answers, and a few times where the
 * platform cannot: one that failed would take a page away that is still good to read. They end when the router gives them up:
 * for a newer look, or another page. All else fails at once.
 */
export function patientLooks(fetch: Fetch, router: () => Router | undefined, pause: Pause = pauseOrOnline): Fetch {
  // Of all looks: one that takes the place of another asks no sooner than that would have.
  let refusals = 0;
  /** Of the last form that was sent: one that nobody has answered has failed, and that is told at once. */
  let isFormAnswered = false;
  return async (input, init) => {
    if (!isLook(input, init, router(), isFormAnswered)) {
      const isForm = (init?.method ?? 'GET') !== 'GET';
      if (isForm) isFormAnswered = false;
      const answer = await fetch(input, init);
      if (isForm) isFormAnswered = isOfDashboard(answer);
      if (answer.ok) refusals = 0;
      return answer;
    }
    const signal = init?.signal ?? null;
    if (refusals > 0) await pause(pauseAfter(refusals), signal);
    for (let misses = 0; ;) {
      const answer = await whole(fetch, input, init).catch(() => null);
      signal?.throwIfAborted();
      const isRefusal = answer !== null && away.includes(answer.status);
      if (isRefusal) refusals += 1;
      else misses += 1;
      if (answer && (!isRefusal || refusals === mostRefusals)) {
        refusals = 0;
        return answer;
      }
      await pause(pauseAfter(isRefusal ? refusals : misses), signal);
    }
  };
}

const pauseAfter = (times: number) => Math.min(longestPauseMs, shortestPauseMs * 2 ** (times - 1));

/** Remix asks all loaders of a page at once, by its path and `.data`. */
function isLook(
  input: Parameters<Fetch>[0],
  init: RequestInit | undefined,
  router: Router | undefined,
  isFormAnswered: boolean,
): boolean {
  if (!(input instanceof URL) || !input.pathname.endsWith('.data') || (init?.method ?? 'GET') !== 'GET') return false;
  if (!router) return false;
  const { location, navigation, revalidation } = router.state;
  if (navigation.state === 'idle') return revalidation === 'loading';
  // One that failed would take along what is typed into the page: after a form of it, as on the way to a place on it.
  if (navigation.location?.pathname !== location.pathname) return false;
  if (isSent(navigation.formMethod)) return isFormAnswered;
  return navigation.location.search === location.search;
}

const isSent = (formMethod: string | undefined) => formMethod !== undefined && formMethod.toUpperCase() !== 'GET';

const isOfDashboard = (answer: Response) => answer.headers.has('x-remix-response');

/** The dashboard's answer with all of its body, which may break off as well; null where somebody else answered in its place. */
async function whole(fetch: Fetch, ...[input, init]: Parameters<Fetch>): Promise<Response | null> {
  const answer = await fetch(input, init);
  if (!isOfDashboard(answer)) return null;
  const isBodiless = answer.status === 204 || answer.status === 205 || answer.status === 304;
  return new Response(isBodiless ? null : await answer.arrayBuffer(), answer);
}

/** Ends early when the machine comes back to its network, or rejects when the signal fires. */
function pauseOrOnline(ms: number, signal: AbortSignal | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      clearTimeout(timer);
      removeEventListener('online', end);
      signal?.removeEventListener('abort', end);
      if (signal?.aborted) reject(signal.reason as Error);
      else resolve();
    };
    const timer = setTimeout(end, ms);
    addEventListener('online', end);
    signal?.addEventListener('abort', end);
  });
}
