import { embeddedRouter } from '../embedded.js';
import type { HoldTimes } from '../hold.js';
import type { OwnErrorCode } from '../own-answer.js';
import type { AskToWake, RouteChange } from '../router.js';

export type WakerOptions = {
  readonly connectTimeoutMs?: number;
  readonly answerTimeoutMs?: number;
  readonly mostPerHostname?: number;
  readonly onAsleep?: AskToWake;
  readonly holdTimes?: HoldTimes;
  readonly onError?: (code: OwnErrorCode, count: number) => void;
};

/** Where Nginx sends the visitors of what sleeps: a router in this process, on its own loopback address. */
export type Waker = {
  /** The same routes as Nginx is to have them: those that sleep lead here. */
  apply(routes: readonly RouteChange[]): Promise<readonly RouteChange[]>;
  forget(hostnames: readonly string[]): Promise<void>;
  close(graceMs: number): Promise<void>;
};

/** Holds requests until their host name leads somewhere, and takes those to their end that it has held. */
export function wakerOf(options: WakerOptions): Waker {
  const { onError, ...rest } = options;
  const router = embeddedRouter({
    ...pick(rest),
    host: '127.0.0.1',
    port: 0,
    platform: { hostnames: [], server: '127.0.0.1:9', dashboard: null },
    isRelay: true,
    onError: (code) => onError?.(code, 1),
  });
  let listening: Promise<string> | null = null;
  const address = () => (listening ??= router.listen().then(({ host, port }) => `${host}:${port}`));
  return {
    apply: async (routes) => {
      await router.apply(routes);
      const here = routes.some(sleeps) ? [await address()] : [];
      return routes.map((route) => (sleeps(route) ? { ...route, targets: here } : route));
    },
    forget: (hostnames) => router.forget(hostnames),
    close: async (graceMs) => {
      if (listening) await router.close(graceMs);
    },
  };
}

const sleeps = ({ asleep, targets }: RouteChange) => asleep === true && targets.length === 0;

const pick = ({ connectTimeoutMs, answerTimeoutMs, mostPerHostname, onAsleep, holdTimes }: WakerOptions) => ({
  connectTimeoutMs,
  answerTimeoutMs,
  mostPerHostname,
  onAsleep,
  holdTimes,
});
