import { embeddedRouter } from '../embedded.js';
import type { HoldTimes } from '../hold.js';
import type { OwnErrorCode } from '../own-answer.js';
import type { AskToWake, RouteChange } from '../router.js';

export type WakerOptions = {
  readonly connectTimeoutMs?: number;
  readonly answerTimeoutMs?: number;
  readonly bodyIdleMs?: number;
  readonly mostPerEnvironment?: number;
  readonly onAsleep?: AskToWake;
  readonly holdTimes?: HoldTimes;
  readonly onError?: (code: OwnErrorCode, count: number) => void;
};

/** Where Nginx sends the visitors of what sleeps: a router in this process, at a socket that only Nginx reaches. */
export type Waker = {
  listen(): Promise<void>;
  /** The same routes as Nginx is to have them. */
  apply(routes: readonly RouteChange[]): Promise<void>;
  forget(hostnames: readonly string[]): Promise<void>;
  close(graceMs: number): Promise<void>;
};

/** Holds requests until their host name leads somewhere, and takes those to their end that it has held. */
export function wakerAt(socketPath: string, http2SocketPath: string, options: WakerOptions): Waker {
  const { onError, ...rest } = options;
  const router = embeddedRouter({
    ...pick(rest),
    socketPath,
    http2SocketPath,
    platform: { hostnames: [], server: '127.0.0.1:9', dashboard: null },
    onError: (code) => onError?.(code, 1),
  });
  let isListening = false;
  return {
    listen: async () => {
      await router.listen();
      isListening = true;
    },
    apply: (routes) => router.apply(routes),
    forget: (hostnames) => router.forget(hostnames),
    close: async (graceMs) => {
      if (isListening) await router.close(graceMs);
    },
  };
}

const pick = ({
  connectTimeoutMs,
  answerTimeoutMs,
  bodyIdleMs,
  mostPerEnvironment,
  onAsleep,
  holdTimes,
}: WakerOptions) => ({
  connectTimeoutMs,
  answerTimeoutMs,
  bodyIdleMs,
  mostPerEnvironment,
  onAsleep,
  holdTimes,
});
