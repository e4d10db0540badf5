import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '@apployd/backplane/log/logger';
import { answerError } from './answer.js';

/** What went wrong outside of GraphQL: logged whole, and told as the request's id alone. A client that breaks off is no fault. */
export function answerFault(log: Logger, error: unknown, request: IncomingMessage, response: ServerResponse): void {
  const requestId = String(response.getHeader('x-request-id') ?? '');
  const { url } = request;
  if (request.errored) {
    log.debug({ err: error, requestId, url }, 'a client broke its request off');
    return void response.destroy();
  }
  log.error({ err: error, requestId, url }, 'a request failed by our fault');
  const message = 'Something went wrong on our side. Try again; if it stays so, tell us the request id.';
  answerError(response, 500, 'INTERNAL', message, { requestId });
}
