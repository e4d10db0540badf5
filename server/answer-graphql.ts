import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { ExecutionResult } from 'graphql';
import type { GraphQLParams } from 'graphql-yoga';
import { maxBodyBytes, type GraphqlServer, type Result } from './graphql.js';
import type { Incoming } from './incoming.js';
import { documentText } from './limit/persisted-documents.js';

/**
 * Answers what came by POST as JSON. What most of them are, a query or a mutation that is answered by data, is read and
 * written here: a `Request`, a `Response`, their streams and what to choose among cost as much as the rest of Yoga does.
 * All else is Yoga's to answer: what is asked in another form, and what went wrong, from the result that there is already.
 */
export async function answerGraphql(
  graphql: GraphqlServer,
  incoming: Incoming,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (!wantsPlainJson(request) || !saysItsLength(request)) return graphql.handle(request, response, incoming);
  const body = await bodyOf(request);
  // Who took too long over the body was told so.
  if (response.headersSent) return;
  const params = paramsIn(body, incoming.headers);
  const result = params && resultOf(graphql, params, incoming);
  const settled = await result?.catch(() => null);
  if (isDataAlone(settled)) return answerData(response, settled);
  Object.assign(request, { body: Readable.from([body]) });
  await graphql.handle(request, response, { ...incoming, result });
}

/** Another than this form is chosen by Yoga. */
function wantsPlainJson({ headers: { accept = '*/*' } }: IncomingMessage): boolean {
  return accept === '*/*' || accept === 'application/json';
}

/** Node lets no more of a body through than its length says. */
function saysItsLength({ headers }: IncomingMessage): boolean {
  return Number(headers['content-length'] ?? Number.NaN) <= maxBodyBytes;
}

function bodyOf(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.on('error', reject);
  });
}

/** Null for what is no operation, or may be a subscription. */
function paramsIn(body: Buffer, headers: Headers): GraphQLParams | null {
  try {
    const params = JSON.parse(body.toString()) as GraphQLParams | null;
    return documentText(params ?? {}, headers).includes('subscription') ? null : params;
  } catch {
    return null;
  }
}

/** Yoga's own course, from its parameters to its result. */
async function resultOf(graphql: GraphqlServer, params: GraphQLParams, incoming: Incoming): Promise<Result> {
  const { headers } = incoming;
  return graphql.getResultForParams({ params, request: { method: 'POST', headers } as Request }, { ...incoming });
}

function isDataAlone(result: Result | null): result is ExecutionResult {
  return !!result && 'data' in result && !!result.data && !result.errors;
}

function answerData(response: ServerResponse, result: ExecutionResult): void {
  const text = JSON.stringify(result);
  response.writeHead(200, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}
