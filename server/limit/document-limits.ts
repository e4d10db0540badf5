import { maxAliasesPlugin } from '@escape.tech/graphql-armor-max-aliases';
import { maxDirectivesPlugin } from '@escape.tech/graphql-armor-max-directives';
import { maxTokensPlugin } from '@escape.tech/graphql-armor-max-tokens';
import { OperationTypeNode, type ValidationRule } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { requestError, type RequestErrorCode } from '../request-error.js';
import { countFields } from './count-fields.js';

export const documentLimits = { characters: 10_000, tokens: 1_000, aliases: 15, directives: 10, mutations: 5 } as const;

/** What a document may hold at most, whoever sends it. What it costs is another matter: see budget.ts. */
export function limitDocuments(): Plugin[] {
  return [
    { onParse: ({ params: { source } }) => refuseLong(String(source)) },
    maxTokensPlugin({ n: documentLimits.tokens, ...refusing('TOO_MANY_TOKENS', documentLimits.tokens, 'tokens') }),
    maxAliasesPlugin({ n: documentLimits.aliases, ...refusing('TOO_MANY_ALIASES', documentLimits.aliases, 'aliases') }),
    maxDirectivesPlugin({
      n: documentLimits.directives,
      ...refusing('TOO_MANY_DIRECTIVES', documentLimits.directives, 'directives'),
    }),
    { onValidate: ({ addValidationRule }) => addValidationRule(fewMutations) },
  ] as Plugin[];
}

function refuseLong(source: string): void {
  if (source.length <= documentLimits.characters) return;
  const message = `This document has ${source.length} characters; at most ${documentLimits.characters} are allowed.`;
  throw requestError('DOCUMENT_TOO_LONG', message);
}

/** Their own rejections carry neither a code nor a status. */
function refusing(code: RequestErrorCode, most: number, what: string) {
  const refuse = () => {
    throw requestError(
      code,
      `This document has too many ${what}; at most ${most} are allowed. Send several smaller ones.`,
    );
  };
  return { onReject: [refuse], propagateOnRejection: false };
}

/** Each mutation of a document is a transaction of its own. */
const fewMutations: ValidationRule = (context) => ({
  OperationDefinition: ({ operation, selectionSet }) => {
    if (operation !== OperationTypeNode.MUTATION) return;
    const count = countFields(selectionSet, (name) => context.getFragment(name));
    if (count <= documentLimits.mutations) return;
    const message = `This document has ${count} mutations; at most ${documentLimits.mutations} are allowed. Send several.`;
    throw requestError('TOO_MANY_MUTATIONS', message);
  },
});
