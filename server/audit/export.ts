import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GraphQLError } from 'graphql';
import { ForbiddenError, NotFoundError } from '@apployd/core/refusal';
import { authenticate } from '../account/authenticate.js';
import type { Viewer } from '../access/viewer.js';
import { answerError } from '../answer.js';
import { signedIn, type Services } from '../context.js';
import type { Incoming } from '../incoming.js';
import { requireId } from '../lookup.js';
import { requestError } from '../request-error.js';
import { auditLines, type Wanted } from './lines.js';
import { filterIn } from './search-params.js';

/** What an export costs of the points of whoever asks for it. */
const cost = { points: 100, mutations: 0 };
/** How long a reader may take for what lies ready. */
const stalledMs = 60_000;

/** `GET /audit/<organization's id>`: as long as it takes, a page of lines in memory. It breaks off when the right to it ends. */
export async function exportAudit(
  services: Services,
  shownId: string,
  incoming: Incoming,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const { viewer, wanted } = await admit(services, shownId, incoming, request);
    const lines = auditLines(services.db, wanted, () => mustStillSee(services, viewer, wanted.organizationId));
    // What is refused or goes wrong by now is still answered.
    const first = await lines.next();
    response.writeHead(200, {
      'content-type': 'application/x-ndjson; charset=utf-8',
      'content-disposition': `attachment; filename="audit-${shownId}.ndjson"`,
      'cache-control': 'no-store',
    });
    response.setTimeout(stalledMs, () => response.destroy());
    await pipeline(Readable.from(from(first, lines)), response);
  } catch (error) {
    if (!response.headersSent) return answerRefusal(error, response);
    services.log.debug({ err: error, requestId: incoming.requestId }, 'an export of the audit log broke off');
    response.destroy();
  }
}

async function* from<T>(first: IteratorResult<T, void>, rest: AsyncGenerator<T, void>): AsyncGenerator<T, void> {
  if (first.done) return;
  yield first.value;
  yield* rest;
}

async function admit(services: Services, shownId: string, incoming: Incoming, request: IncomingMessage) {
  const viewer = signedIn(await authenticate(services, incoming));
  await services.rates.charge({ viewer, address: incoming.address }, cost);
  const organizationId = requireId('Organization', shownId);
  await viewer.require('audit:read', { organizationId });
  const wanted: Wanted = { organizationId, filter: filterIn(searchOf(request)) };
  return { viewer, wanted };
}

function searchOf({ url = '' }: IncomingMessage): URLSearchParams {
  return new URLSearchParams(/\?([^#]*)/.exec(url)?.[1]);
}

/** Of the session or token, the membership and its role. */
async function mustStillSee({ db }: Services, viewer: Viewer, id: string): Promise<void> {
  const seen = await db.organization.findFirst({ where: { id, ...viewer.stillSees().AuditLog }, select: { id: true } });
  if (!seen) throw requestError('FORBIDDEN', 'The right to read this audit log has ended.');
}

function answerRefusal(error: unknown, response: ServerResponse): void {
  if (error instanceof NotFoundError) return answerError(response, 404, 'NOT_FOUND', error.message);
  if (error instanceof ForbiddenError) {
    const { missingScope, requiredRole } = error;
    return answerError(response, 403, 'FORBIDDEN', error.message, { missingScope, requiredRole });
  }
  if (!(error instanceof GraphQLError)) throw error;
  const { http, code, ...more } = error.extensions as { http?: Http; code: string };
  for (const [name, value] of Object.entries(http?.headers ?? {})) response.setHeader(name, value);
  answerError(response, http?.status ?? 400, code, error.message, more);
}

type Http = { readonly status: number; readonly headers?: Readonly<Record<string, string>> };
