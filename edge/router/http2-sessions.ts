import http2, { type ClientHttp2Session } from 'node:http2';
import type { Address } from '../address.js';
import { Unreachable, type Connections } from './connections.js';

/** HTTP/2 with targets that speak it without TLS: one connection to each, which all requests share. */
export type Http2Sessions = {
  /** Throws Unreachable. */
  open(address: Address): Promise<ClientHttp2Session>;
  /** No new requests; those under way end. */
  retire(address: Address): void;
  close(): void;
};

/** Nobody asks for so long: it is closed, after what is under way. */
const idleMs = 60_000;

export function http2Sessions(connections: Pick<Connections, 'connect'>): Http2Sessions {
  const sessions = new Map<string, Promise<ClientHttp2Session>>();

  const connect = async (address: Address, key: string) => {
    const socket = await connections.connect(address);
    const session = http2.connect('http://target', { createConnection: () => socket });
    const forget = () => void sessions.delete(key);
    session.on('error', () => session.destroy());
    session.once('goaway', forget).once('close', forget);
    session.setTimeout(idleMs, () => {
      forget();
      session.close();
    });
    session.unref();
    return session;
  };

  const fresh = (address: Address, key: string) => {
    const opening = connect(address, key);
    sessions.set(key, opening);
    opening.catch(() => sessions.delete(key));
    return opening;
  };

  return {
    open: async (address) => {
      const key = keyOf(address);
      const found = await (sessions.get(key) ?? fresh(address, key));
      const session = found.closed || found.destroyed ? await fresh(address, key) : found;
      if (session.destroyed) throw new Unreachable(address, 'the connection ended at once');
      return session;
    },
    retire: (address) => {
      const key = keyOf(address);
      void sessions.get(key)?.then(
        (session) => session.close(),
        () => undefined,
      );
      sessions.delete(key);
    },
    close: () => {
      for (const opening of sessions.values())
        void opening.then(
          (session) => session.destroy(),
          () => undefined,
        );
      sessions.clear();
    },
  };
}

const keyOf = ({ host, port }: Address) => `${host} ${port}`;
