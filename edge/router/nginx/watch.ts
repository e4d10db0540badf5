import type { Logger } from '@apployd/backplane/log/logger';
import type { OwnErrorCode } from '../own-answer.js';
import type { Control } from './control.js';

export type Watching = {
  start(): void;
  /** Routes have changed: the file with which Nginx begins is to say so too. */
  changed(): void;
  stop(): Promise<void>;
};

type Watched = {
  readonly control: Control;
  readonly log: Logger;
  readonly saveRoutes: () => Promise<void>;
  /** Tells of names that have another address since. */
  readonly refresh: () => Promise<void>;
  readonly tellAll: () => Promise<void>;
  readonly onRequest?: (count: number) => void;
  readonly onError?: (code: OwnErrorCode, count: number) => void;
};

const everyMs = 1_000;
const refreshEvery = 5;

/** Looks after a running Nginx: brings all routes to one that was started anew, and passes on what it counts. */
export function watch(watched: Watched): Watching {
  const { control, log, saveRoutes, refresh, tellAll } = watched;
  let timer: NodeJS.Timeout | null = null;
  let looking = Promise.resolve();
  let isChanged = false;
  let instance: string | null = null;
  let counts = new Map<string, number>();
  let turn = 0;

  const look = async () => {
    const status = await control.status();
    if (status.instance !== instance) {
      if (instance !== null) await tellAll();
      instance = status.instance;
      counts = new Map();
    }
    counts = passOn(status.lines, counts, watched);
    if ((turn += 1) % refreshEvery === 0) await refresh();
    if (isChanged) {
      isChanged = false;
      await saveRoutes();
    }
  };

  const lookAndGoOn = async () => {
    await look().catch((error: unknown) => log.debug({ err: error }, 'Nginx does not answer at the moment'));
    if (timer) timer = setTimeout(next, everyMs);
  };
  const next = () => {
    looking = lookAndGoOn();
  };

  return {
    start: () => {
      timer = setTimeout(next, 0);
    },
    changed: () => {
      isChanged = true;
    },
    stop: async () => {
      if (timer) clearTimeout(timer);
      timer = null;
      await looking;
    },
  };
}

/** Nginx counts up from its start. */
function passOn(lines: readonly string[], before: ReadonlyMap<string, number>, { onRequest, onError }: Watched) {
  const counts = new Map<string, number>();
  for (const line of lines) {
    const at = line.lastIndexOf(' ');
    const [name, count] = [line.slice(0, at), Number(line.slice(at + 1))];
    counts.set(name, count);
    const more = count - (before.get(name) ?? 0);
    if (more <= 0) continue;
    if (name === 'requests') onRequest?.(more);
    else onError?.(name.replace('error ', '') as OwnErrorCode, more);
  }
  return counts;
}
