import { BREAK, type DocumentNode, visit } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Context } from '../context.js';
import { requestError } from '../request-error.js';

/**
 * Answers questions about the schema for programs, which send a token: an API token, or that of a session. Nobody who is
 * not signed in needs them, nor does a page, whose documents are known beforehand.
 */
export function introspectionForTokens(): Plugin<Context> {
  const introspects = new WeakMap<DocumentNode, boolean>();
  return {
    onExecute({ args: { document, contextValue }, setResultAndStopExecution }) {
      const { viewer, headers } = contextValue as Context;
      if (viewer && headers.has('authorization')) return;
      const asks = introspects.get(document) ?? asksForSchema(document);
      introspects.set(document, asks);
      if (asks) setResultAndStopExecution({ errors: [refused()] });
    },
  };
}

function asksForSchema(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    Field: ({ name: { value } }) => {
      if (value !== '__schema' && value !== '__type') return undefined;
      found = true;
      return BREAK;
    },
  });
  return found;
}

function refused() {
  const message = 'Ask for the schema with a token ("Authorization: Bearer …"), or read the published schema.graphql.';
  return requestError('INTROSPECTION_DISABLED', message);
}
