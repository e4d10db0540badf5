import http from 'node:http';
import type { challengeLookup } from '../challenge-lookup.js';
import { listen } from '../http-server.js';
import { writeAnswer } from '../write-answer.js';

/** Where Nginx turns to when an authority asks: a socket that nobody else can take, who would then prove what is not theirs. */
export function challengeServer(answer: ReturnType<typeof challengeLookup>) {
  const server = http.createServer({ requestTimeout: 10_000 }, (req, res) => {
    answer(req.url ?? '', req.headers.accept).then(
      (found) => writeAnswer(req, res, found),
      () => res.destroy(),
    );
  });
  return {
    listen: async (socketPath: string) => void (await listen(server, { socketPath })),
    close: () => new Promise<void>((resolve) => void server.close(() => resolve()).closeAllConnections()),
  };
}
