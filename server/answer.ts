import type { ServerResponse } from 'node:http';

/** A short JSON answer; errors have the shape of GraphQL's, so that clients read them alike. */
export function answer(response: ServerResponse, status: number, body: object): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}

export function answerError(
  response: ServerResponse,
  status: number,
  code: string,
  message: string,
  more: object = {},
): void {
  answer(response, status, { errors: [{ message, extensions: { code, ...more } }] });
}
