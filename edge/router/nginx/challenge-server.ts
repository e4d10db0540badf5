import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { challengeLookup } from '../challenge-lookup.js';
import { writeAnswer } from '../write-answer.js';

/** Where Nginx turns to when an authority asks: on this machine alone. */
export async function challengeServer(answer: ReturnType<typeof challengeLookup>) {
  const server = http.createServer({ requestTimeout: 10_000 }, (req, res) => {
    answer(req.url ?? '', req.headers.accept).then(
      (found) => writeAnswer(req, res, found),
      () => res.destroy(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise<void>((resolve) => void server.close(() => resolve()).closeAllConnections()),
  };
}
