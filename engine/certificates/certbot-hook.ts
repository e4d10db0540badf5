import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { CertificateFailure, type Challenges } from './certificates.js';
import type { DnsChallenges } from './dns-challenges.js';

/** What certbot starts when it wants something answered, or not any more: it tells the engine, and waits for it. */
const script = `const { request } = require('node:http');
const { CERTBOT_TOKEN: token, CERTBOT_VALIDATION: validation } = process.env;
request({ socketPath: __dirname + '/hook.sock', method: 'POST', path: '/' + process.argv[2] }, (answer) => {
  answer.resume();
  process.exitCode = answer.statusCode === 200 ? 0 : 1;
})
  .on('error', () => (process.exitCode = 1))
  .end(JSON.stringify({ token, validation }));
`;

/** The file, which certbot has a shell start: its path is the engine's own. */
export async function writeHook(work: string): Promise<string> {
  const file = path.join(work, 'hook.cjs');
  await writeFile(file, `#!${process.execPath}\n${script}`, { mode: 0o700 });
  return file;
}

type Hooks = {
  readonly hostname: string;
  /** Where it is proven by DNS; null: it is proven over HTTP. */
  readonly place: string | null;
  readonly work: string;
  readonly signal: AbortSignal;
  readonly challenges: Challenges;
  readonly dns: DnsChallenges | null;
};

/** Answers the hooks of one order. What is still published at its end is taken away. */
export async function hookServer({ hostname, place, work, signal, challenges, dns }: Hooks) {
  const withdrawals: (() => Promise<void>)[] = [];
  let failure: CertificateFailure | null = null;

  const publish = async ({ token, validation }: Told) => {
    if (!validation) throw new Error('certbot did not say how to prove it.');
    if (token) {
      withdrawals.push(() => challenges.withdraw(token));
      await challenges.answer({ hostname, token, keyAuthorization: validation });
    } else if (dns && place) {
      withdrawals.push(await dns.publish(place, validation, signal));
    }
  };

  const withdraw = async () => {
    for (const each of withdrawals.splice(0)) await each();
  };

  const answer = async (request: http.IncomingMessage, response: http.ServerResponse) => {
    const told = JSON.parse((await request.setEncoding('utf8').toArray()).join('')) as Told;
    try {
      await (request.url === '/publish' ? publish(told) : withdraw());
      response.writeHead(200).end();
    } catch (error) {
      if (error instanceof CertificateFailure) failure = error;
      response.writeHead(500).end();
    }
  };

  const server = http.createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.listen(path.join(work, 'hook.sock'));
  await once(server, 'listening');
  return {
    /** What the engine itself could not do. */
    failure: () => failure,
    close: async () => {
      await new Promise<void>((resolve) => void server.close(() => resolve()).closeAllConnections());
      await withdraw();
    },
  };
}

type Told = { readonly token?: string; readonly validation?: string };
