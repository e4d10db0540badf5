import http from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { acmeChallengePath } from '@apployd/core/certificate';
import type { Db } from '@apployd/prisma/create-db';

/** As much of an edge as an authority meets: answers from the rows. */
export async function challengeServer(db: Db) {
  /** For these a stranger answers. */
  const strangers = new Set<string>();
  const server = http.createServer((request, response) => {
    const token = request.url?.slice(acmeChallengePath.length) ?? '';
    const host = request.headers.host?.split(':')[0] ?? '';
    db.acmeChallenge.findUnique({ where: { token } }).then(
      (row) => {
        const isKnown = row !== null && !strangers.has(host);
        response.writeHead(isKnown ? 200 : 404).end(isKnown ? row.keyAuthorization : 'nothing here');
      },
      () => response.writeHead(500).end(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    strangers,
    close: () => new Promise<void>((resolve) => void server.close(() => resolve()).closeAllConnections()),
  };
}
