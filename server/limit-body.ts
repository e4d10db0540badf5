import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerError } from './answer.js';

/** Answers and lets go of a client that takes its time over the body of a request. */
export function limitBody(request: IncomingMessage, response: ServerResponse, ms: number): void {
  const timer = setTimeout(() => {
    if (response.headersSent) return void response.destroy();
    response.setHeader('connection', 'close');
    answerError(response, 408, 'TIMEOUT', `The body of this request did not arrive within ${ms / 1000} s.`);
  }, ms);
  for (const event of ['end', 'close']) request.once(event, () => clearTimeout(timer));
}
