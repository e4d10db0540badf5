import { usePersistedOperations } from '@graphql-yoga/plugin-persisted-operations';
import type { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { hasSessionCookie } from '../account/authenticate.js';
import { persistedDocuments } from '../generated/persisted-documents.js';
import { requestError } from '../request-error.js';

/** What a request says of its document: the text, or the id (`sha256:…`) of one that this platform knows. */
type Asked = { readonly query?: string | null; readonly documentId?: unknown };

const byId = new Map(Object.entries(persistedDocuments));

/** Pages, which come with a cookie, run only documents that are known beforehand, by their ids. Programs may send any. */
export function persistedForPages(): Plugin {
  return usePersistedOperations({
    allowArbitraryOperations: ({ headers }) => !hasSessionCookie(headers),
    extractPersistedOperationId: (params) => idIn(params),
    getPersistedOperation: (id) => byId.get(id) ?? null,
    customErrors: { persistedQueryOnly: required, notFound: unknown, keyNotFound: missing },
  }) as Plugin;
}

/** The same where no HTTP request is: the text of the document that a socket asks for, or an error. */
export function documentText(asked: Asked, headers: Headers): string {
  if (asked.query && hasSessionCookie(headers)) throw required();
  if (asked.query) return asked.query;
  const id = idIn(asked);
  if (id === null) throw missing();
  const text = byId.get(id);
  if (text === undefined) throw unknown();
  return text;
}

function idIn({ documentId }: Asked): string | null {
  return typeof documentId === 'string' ? documentId : null;
}

function required(): GraphQLError {
  const message =
    'With the cookie of a session only documents that are known here may be run: send { documentId, variables }. With a token any may.';
  return requestError('PERSISTED_DOCUMENT_REQUIRED', message);
}

function unknown(): GraphQLError {
  return requestError(
    'PERSISTED_DOCUMENT_UNKNOWN',
    'This platform knows no document with this id. Send its text, with a token.',
  );
}

function missing(): GraphQLError {
  return requestError('BAD_REQUEST', 'Send the text of a document as query, or the id of a known one as documentId.');
}
