import { visitorPasswords } from '../visitor-passwords.js';
import { challengeLookup } from '../challenge-lookup.js';
import type { TlsOptions } from '../router.js';
import { challengeServer } from './challenge-server.js';
import { passwordServer } from './password-server.js';
import { wakerAt, type Waker, type WakerOptions } from './waker.js';
import { openToWorkers, socketsIn, type WorkerSockets } from './worker-sockets.js';

/** What Nginx needs the edge for: it wakes what sleeps, knows passwords, and answers authorities. */
export type BehindNginx = {
  readonly sockets: WorkerSockets;
  readonly waker: Waker;
  listen(): Promise<void>;
  close(graceMs: number): Promise<void>;
};

type Options = WakerOptions & {
  readonly socketFolder: string;
  /** Of Nginx's workers; null: the edge's own. */
  readonly user: string | null;
  readonly tls?: TlsOptions;
};

export function behindNginx(options: Options): BehindNginx {
  const { socketFolder, user, tls } = options;
  const sockets = socketsIn(socketFolder);
  const waker = wakerAt(sockets.waker, sockets.wakerHttp2, options);
  const passwords = passwordServer(visitorPasswords());
  const challenges = tls ? challengeServer(challengeLookup(tls.challenges)) : null;

  const listenAtAll = async () => {
    await waker.listen();
    await passwords.listen(sockets.passwords);
    await challenges?.listen(sockets.challenges);
    const { challenges: forAuthorities, ...others } = sockets;
    return [...Object.values(others), ...(challenges ? [forAuthorities] : [])];
  };

  return {
    sockets,
    waker,
    listen: () => openToWorkers(socketFolder, user, listenAtAll),
    close: async (graceMs) => {
      await waker.close(graceMs);
      await Promise.all([passwords.close(), challenges?.close()]);
    },
  };
}
