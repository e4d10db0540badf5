import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import ErrorsPlugin from '@pothos/plugin-errors';
import PrismaPlugin from '@pothos/plugin-prisma';
import RelayPlugin from '@pothos/plugin-relay';
import { parsePublicId, publicId, type IdKind } from '@apployd/core/id';
import type PrismaTypes from '@apployd/prisma/generated/pothos-types';
import { getDatamodel } from '@apployd/prisma/generated/pothos-types';
import type { Context } from './context.js';
import { fieldCost } from './cost.js';
import { requestError } from './request-error.js';

/** The one schema builder; every noun's schema.ts hangs its types and fields on it. */
export const builder = new SchemaBuilder<{
  Context: Context;
  PrismaTypes: PrismaTypes;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: { list: false; items: false };
  DefaultNodeNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    DateTime: { Input: Date; Output: Date };
    SafeInt: { Input: number; Output: number | bigint };
    StreamCursor: { Input: number; Output: number | bigint };
    IdempotencyKey: { Input: string; Output: string };
    JSONObject: { Input: never; Output: unknown };
  };
}>({
  plugins: [ErrorsPlugin, ComplexityPlugin, RelayPlugin, PrismaPlugin],
  defaultFieldNullability: false,
  prisma: {
    client: ({ db }) => db,
    dmmf: getDatamodel(),
    exposeDescriptions: false,
    filterConnectionTotalCount: false,
    defaultConnectionSize: 50,
    maxConnectionSize: 100,
  },
  relay: {
    nodeQueryOptions: false,
    nodesQueryOptions: false,
    cursorType: 'String',
    nodesOnConnection: true,
    edgesFieldOptions: { nullable: { list: false, items: false } },
    nodeTypeOptions: {
      description:
        'Anything with a global id. Ids are opaque, stable, never used again, and start with their kind: `prj_`, `env_`, `dpl_` …',
    },
    pageInfoTypeOptions: { description: 'Where a page stands among its neighbours, as Relay has it.' },
    encodeGlobalID: (kind, id) => publicId(kind as IdKind, String(id)),
    decodeGlobalID: (text) => {
      const parsed = parsePublicId(text);
      if (!parsed) throw requestError('BAD_REQUEST', 'This is not one of our ids.');
      return { typename: parsed.kind, id: parsed.id };
    },
  },
  errors: {
    defaultTypes: [],
    directResult: true,
    defaultUnionOptions: {
      description: 'Success of the mutation, or one of its expected failures.',
      name: ({ fieldName }) => `${fieldName.charAt(0).toUpperCase()}${fieldName.slice(1)}Result`,
    },
  },
  // What an operation costs is asked once, before any of it runs: see limit/budget.ts.
  complexity: { disabled: true, fieldComplexity: fieldCost },
});

builder.queryType({ description: 'What can be asked. Root fields are null for what is absent or not yours to see.' });
builder.mutationType({
  description:
    'What can be changed. Each field answers with a union of its success and its expected failures; it is nullable so that the crash of one never hides what another has done.',
});
builder.subscriptionType({
  description: 'What can be followed live, over WebSocket (graphql-transport-ws) or server-sent events.',
});
