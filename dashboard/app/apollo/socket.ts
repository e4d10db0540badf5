import { type Client, createClient } from 'graphql-ws';
import { byId } from './by-id.js';

/** Whether the browser hears the platform: `lost` from the break of a connection until the next one stands. */
export type Hearing = 'idle' | 'open' | 'lost';

export type Socket = {
  readonly client: Client;
  readonly hearing: () => Hearing;
  /** Tells each change, and returns how to stop that. */
  onChange(listener: () => void): () => void;
  /** Tells when a lost connection stands again: what was missed has to be looked up. */
  onBack(listener: () => void): () => void;
};

const silenceMs = 25_000;
const longestWaitMs = 5_000;

let shared: Socket | undefined;

/** The one socket of this page, opened with its first subscription. It never gives up. */
export const socket = (): Socket => (shared ??= open(`${location.origin.replace(/^http/, 'ws')}/graphql`));

function open(url: string): Socket {
  let hearing: Hearing = 'idle';
  let silence: ReturnType<typeof setTimeout> | undefined;
  const listeners = new Set<() => void>();
  const backs = new Set<() => void>();
  const set = (next: Hearing) => {
    const wasLost = hearing === 'lost' && next === 'open';
    hearing = next;
    for (const listener of listeners) listener();
    if (wasLost) for (const back of backs) back();
  };
  const heard = () => {
    clearTimeout(silence);
    silence = setTimeout(() => client.terminate(), silenceMs);
  };
  const client = createClient({
    url,
    lazyCloseTimeout: 3_000,
    keepAlive: silenceMs / 3,
    retryAttempts: Number.MAX_SAFE_INTEGER,
    shouldRetry: () => true,
    retryWait: (attempts) => waitOrOnline(Math.min(longestWaitMs, 250 * 2 ** attempts) * (0.5 + Math.random() / 2)),
    on: {
      message: heard,
      connected: () => {
        heard();
        set('open');
      },
      closed: (event) => {
        clearTimeout(silence);
        set((event as CloseEvent).wasClean && (event as CloseEvent).code === 1000 ? 'idle' : 'lost');
      },
    },
  });
  return { client: byId(client), hearing: () => hearing, onChange: added(listeners), onBack: added(backs) };
}

const added =
  (all: Set<() => void>) =>
  (listener: () => void): (() => void) => {
    all.add(listener);
    return () => void all.delete(listener);
  };

/** A machine that comes back to its network need not wait for the end of the pause. */
function waitOrOnline(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener('online', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    addEventListener('online', done);
  });
}
