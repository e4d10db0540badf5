import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';
import {
  type AppLoadContext,
  createReadableStreamFromReadable,
  createRequestHandler,
  type ServerBuild,
} from '@remix-run/node';
import { contentSecurityPolicy, hostOf } from './safety.js';

type Settings = { readonly serverUrl: string };

/** Lets Remix answer. What it answers is one person's: no cache may keep it. */
export function pages(build: ServerBuild, settings: Settings) {
  const handle = createRequestHandler(build, 'production');
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const leaving = new AbortController();
    response.on('close', () => leaving.abort());
    try {
      const nonce = randomBytes(16).toString('base64url');
      const answer = await handle(webRequest(request, leaving.signal), contextOf(request, nonce, settings));
      response.setHeader('content-security-policy', contentSecurityPolicy(nonce, hostOf(request.headers)));
      await send(request, response, answer);
    } catch (error) {
      if (leaving.signal.aborted) return;
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
      if (response.headersSent) return void response.destroy();
      response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' });
      response.end(
        'This page could not be made. Load it again; if that does not help, the log of the dashboard says why.\n',
      );
    }
  };
}

function contextOf(request: IncomingMessage, nonce: string, { serverUrl }: Settings): AppLoadContext {
  // The last entry is the edge's own word.
  const forwarded = String(request.headers['x-forwarded-for'] ?? '')
    .split(',')
    .at(-1)
    ?.trim();
  return { nonce, serverUrl, visitor: forwarded || (request.socket.remoteAddress ?? ''), requestId: randomUUID() };
}

function webRequest(request: IncomingMessage, signal: AbortSignal): Request {
  const { method = 'GET', headers } = request;
  const protocol = headers['x-forwarded-proto'] === 'https' ? 'https' : 'http';
  const url = new URL(`${protocol}://${hostOf(headers) ?? 'localhost'}${request.url ?? '/'}`);
  const pairs = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined || name.startsWith(':') ? [] : [[name, value.toString()] as [string, string]],
  );
  const hasBody = method !== 'GET' && method !== 'HEAD';
  return new Request(url, {
    method,
    headers: pairs,
    signal,
    ...(hasBody ? { body: createReadableStreamFromReadable(request), duplex: 'half' as const } : {}),
  });
}

async function send(request: IncomingMessage, response: ServerResponse, answer: Response): Promise<void> {
  const cookies = answer.headers.getSetCookie();
  answer.headers.forEach((value, name) => name !== 'set-cookie' && response.setHeader(name, value));
  if (cookies.length > 0) response.setHeader('set-cookie', cookies);
  response.setHeader('cache-control', 'no-store');
  response.statusCode = answer.status;
  if (!answer.body || request.method === 'HEAD') return void response.end();
  const body = Readable.fromWeb(answer.body as never);
  if (!/\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) return pipeline(body, response);
  response.setHeader('content-encoding', 'gzip');
  response.setHeader('vary', 'accept-encoding');
  await pipeline(body, createGzip({ flush: constants.Z_SYNC_FLUSH }), response);
}
