import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MetricsPage } from '@apployd/backplane/metrics/metrics';
import { within } from '@apployd/backplane/within';
import { answer, answerError } from './answer.js';
import type { Services } from './context.js';
import { isLoopback } from './incoming.js';

/** The process answers. */
export function answerLive(response: ServerResponse): void {
  answer(response, 200, { status: 'ok' });
}

/** It can do its work: the database answers. */
export async function answerReady({ db, log, streams }: Services, response: ServerResponse): Promise<void> {
  if (streams.draining.aborted) return answerError(response, 503, 'UNAVAILABLE', 'This server is stopping.');
  try {
    await within(2_000, db.$queryRaw`SELECT 1`, 'The database');
    answer(response, 200, { status: 'ok' });
  } catch (error) {
    log.warn({ err: error }, 'not ready: the database does not answer');
    answerError(response, 503, 'UNAVAILABLE', 'The database does not answer.');
  }
}

/** For a collector on this machine; what comes through a proxy does not see it. */
export async function answerMetrics(
  metrics: MetricsPage,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!isLoopback(request) || request.headers['x-forwarded-for'])
    return answerError(response, 404, 'NOT_FOUND', 'There is nothing here.');
  const { contentType, body } = await metrics.page();
  response.writeHead(200, { 'content-type': contentType });
  response.end(body);
}
