import { PassThrough } from 'node:stream';
import {
  type AppLoadContext,
  createReadableStreamFromReadable,
  type EntryContext,
  type LoaderFunctionArgs,
} from '@remix-run/node';
import { RemixServer } from '@remix-run/react';
import { renderToPipeableStream } from 'react-dom/server';
import { pathForLog } from './api/path-for-log.js';
import './context.js';
import { Nonce } from './ui/nonce.js';

const renderTimeoutMs = 10_000;

export default function handleRequest(
  request: Request,
  status: number,
  headers: Headers,
  remix: EntryContext,
  { nonce }: AppLoadContext,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    let finalStatus = status;
    const stream = renderToPipeableStream(
      <Nonce.Provider value={nonce}>
        <RemixServer context={remix} url={request.url} nonce={nonce} abortDelay={renderTimeoutMs} />
      </Nonce.Provider>,
      {
        nonce,
        onShellReady: () => {
          const body = new PassThrough();
          headers.set('content-type', 'text/html; charset=utf-8');
          resolve(new Response(createReadableStreamFromReadable(body), { headers, status: finalStatus }));
          stream.pipe(body);
        },
        onShellError: reject,
        onError: (error) => {
          finalStatus = 500;
          process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
        },
      },
    );
    setTimeout(() => stream.abort(), renderTimeoutMs + 1_000).unref();
  });
}

/** What a loader did not expect. Somebody who leaves a page is no error. */
export function handleError(error: unknown, { request, context }: LoaderFunctionArgs): void {
  if (request.signal.aborted) return;
  const text = error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${context.requestId} ${request.method} ${pathForLog(request.url)}: ${text}\n`);
}
