import type { Logger } from '@apployd/backplane/log/logger';
import { maskedError } from '@apployd/backplane/log/masked-error';
import { isDatabaseAway } from '@apployd/prisma/is-database-away';
import { GraphQLError, type ExecutionResult } from 'graphql';
import { withoutBrought, type Brought } from './brought.js';
import { isRequestErrorCode, requestError } from './request-error.js';

/**
 * A result as it may leave the house: what is wrong with the request is told, every fault of ours is logged and goes out
 * as INTERNAL with the request's id alone. Neither repeats what the request itself said: it may be a secret.
 */
export function presentable<T extends ExecutionResult>(
  result: T,
  requestId: string,
  log: Logger,
  brought: Brought = { params: {} },
): T {
  if (!result.errors) return result;
  return { ...result, errors: result.errors.map((error) => presentableError(error, requestId, log, brought)) };
}

export function presentableError(
  error: GraphQLError,
  requestId: string,
  log: Logger,
  brought: Brought = { params: {} },
): GraphQLError {
  const { code, http: _http, ...details } = error.extensions;
  if (isRequestErrorCode(code) && code !== 'INTERNAL') {
    // What a scalar refuses comes with the value in front.
    const isWrapped = error.originalError instanceof GraphQLError;
    const message = () => withoutBrought(brought)(error.message);
    return isWrapped ? at(error, requestError(code, message(), details)) : withOwnStatus(error);
  }
  if (statusOf(error) === 413) return at(error, requestError('PAYLOAD_TOO_LARGE', error.message));
  if (isOfDocument(error)) return at(error, requestError('BAD_REQUEST', withoutBrought(brought)(error.message)));
  const err = maskedError(rootOf(error), withoutBrought(brought));
  log.error({ err, requestId, path: error.path }, 'a request failed by our fault');
  if (isDatabaseAway(rootOf(error))) {
    return at(
      error,
      requestError('UNAVAILABLE', 'The database is away just now. Try again in a moment.', { requestId }),
    );
  }
  const message = 'Something went wrong on our side. Try again; if it stays so, tell us the request id.';
  return at(error, requestError('INTERNAL', message, { requestId }));
}

/** Raised by parsing, validating or coercing a document, or by a paging argument that makes no sense. */
function isOfDocument(error: GraphQLError): boolean {
  const { extensions, originalError, path } = error;
  if (originalError?.name === 'PothosValidationError') return true;
  if (path !== undefined) return false;
  return extensions.http !== undefined || rootOf(error) instanceof GraphQLError;
}

/** What it began as: an error of a stream's source is wrapped more than once on its way out. */
function rootOf(error: GraphQLError): Error {
  let root: Error = error;
  while (root instanceof GraphQLError && root.originalError) root = root.originalError;
  return root;
}

/** What is wrong while parsing is marked by yoga, so that clients of the older media type would be answered 200. */
function withOwnStatus(error: GraphQLError): GraphQLError {
  const { http, ...extensions } = error.extensions;
  if (!http || !('spec' in http)) return error;
  return at(error, new GraphQLError(error.message, { extensions: { ...extensions, http: { ...http, spec: false } } }));
}

/** As yoga put it on errors of its own. */
function statusOf({ extensions: { http } }: GraphQLError): unknown {
  return typeof http === 'object' && http !== null && 'status' in http ? http.status : null;
}

function at({ nodes, source, positions, path }: GraphQLError, { message, extensions }: GraphQLError): GraphQLError {
  return new GraphQLError(message, { nodes, source, positions, path, extensions });
}
