import { publicId } from '@apployd/core/id';
import {
  ForbiddenError,
  IdempotencyError,
  NotFoundError,
  PlanLimitError,
  ValidationError,
} from '@apployd/core/refusal';
import { builder } from '../builder.js';
import { createApiToken } from './create.js';
import { revokeApiToken } from './revoke.js';
import { TokenScopeRef } from './scope.js';

export const ApiTokenNode = builder.prismaNode('ApiToken', {
  description:
    "A program's way in: acts for the person who made it, within its scopes, and never beyond what that person may at the moment.",
  id: { field: 'id' },
  fields: (t) => ({
    name: t.exposeString('name'),
    prefix: t.exposeString('prefix', { description: "The secret's first 12 characters, to recognise it by." }),
    scopes: t.expose('scopes', { type: [TokenScopeRef] }),
    organization: t.relation('organization'),
    project: t.relation('project', {
      nullable: true,
      description: 'All that it reaches; null: the whole organization.',
    }),
    environment: t.relation('environment', { nullable: true, description: 'All that it reaches of the project.' }),
    projectId: t.id({
      nullable: true,
      description: 'Of `project`, also for those who may not read that.',
      resolve: ({ projectId }) => projectId && publicId('Project', projectId),
    }),
    environmentId: t.id({
      nullable: true,
      description: 'Of `environment`, also for those who may not read that.',
      resolve: ({ environmentId }) => environmentId && publicId('Environment', environmentId),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', nullable: true, description: 'Null: never.' }),
    lastUsedAt: t.expose('lastUsedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'To the minute; null: never.',
    }),
    lastUsedIp: t.exposeString('lastUsedIp', { nullable: true }),
    revokedAt: t.expose('revokedAt', { type: 'DateTime', nullable: true }),
  }),
});

export const ApiTokenConnection = builder.connectionObject(
  { type: ApiTokenNode, name: 'ApiTokenConnection', description: 'A page of ApiToken.' },
  { name: 'ApiTokenEdge', description: 'An ApiToken on a page.' },
);

const ApiTokenCreateInput = builder.inputType('ApiTokenCreateInput', {
  description: 'Input of apiTokenCreate.',
  fields: (t) => ({
    organizationId: t.id({ required: true }),
    name: t.string({ required: true, description: '1 to 100 characters.' }),
    scopes: t.field({
      type: [TokenScopeRef],
      required: true,
      description:
        "At least one; of the caller's own, and of what their role is good for: see Organization.viewerScopes.",
    }),
    projectId: t.id({ description: 'Reaches this project alone.' }),
    environmentId: t.id({ description: 'Reaches this environment alone, of its project.' }),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'At most 366 days ahead; never when absent. Not after that of the token that asks.',
    }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
  }),
});

const ApiTokenCreatePayload = builder
  .objectRef<Awaited<ReturnType<typeof createApiToken>>>('ApiTokenCreatePayload')
  .implement({
    description: 'Success of apiTokenCreate.',
    fields: (t) => ({
      token: t.prismaField({
        type: 'ApiToken',
        resolve: (query, { tokenId }, _args, { db }) =>
          db.apiToken.findUniqueOrThrow({ ...query, where: { id: tokenId } }),
      }),
      secret: t.exposeString('secret', {
        nullable: true,
        description: 'Shown this once, and kept nowhere. Null on replay: revoke the token and make another.',
      }),
      replayed: t.exposeBoolean('replayed', { description: 'An earlier call with the same idempotency key did it.' }),
    }),
  });

builder.mutationField('apiTokenCreate', (t) =>
  t.field({
    type: ApiTokenCreatePayload,
    nullable: true,
    description: 'Makes a token. Role DEVELOPER, scope TOKEN_WRITE. At most 100 are live in an organization.',
    args: { input: t.arg({ type: ApiTokenCreateInput, required: true }) },
    errors: { types: [ValidationError, NotFoundError, ForbiddenError, PlanLimitError, IdempotencyError] },
    resolve: (_root, { input }, context) => createApiToken(context, input),
  }),
);

const ApiTokenRevokeInput = builder.inputType('ApiTokenRevokeInput', {
  description: 'Input of apiTokenRevoke.',
  fields: (t) => ({ tokenId: t.id({ required: true }), idempotencyKey: t.field({ type: 'IdempotencyKey' }) }),
});

const ApiTokenRevokePayload = builder
  .objectRef<Awaited<ReturnType<typeof revokeApiToken>>>('ApiTokenRevokePayload')
  .implement({
    description: 'Success of apiTokenRevoke.',
    fields: (t) => ({
      token: t.prismaField({
        type: 'ApiToken',
        resolve: (query, { tokenId }, _args, { db }) =>
          db.apiToken.findUniqueOrThrow({ ...query, where: { id: tokenId } }),
      }),
      replayed: t.exposeBoolean('replayed', { description: 'An earlier call with the same idempotency key did it.' }),
    }),
  });

builder.mutationField('apiTokenRevoke', (t) =>
  t.field({
    type: ApiTokenRevokePayload,
    nullable: true,
    description:
      "Ends a token and those that were made with it. It opens nothing from then on; what it follows ends within 5 seconds. One's own, or as ADMIN any; scope TOKEN_WRITE.",
    args: { input: t.arg({ type: ApiTokenRevokeInput, required: true }) },
    errors: { types: [NotFoundError, ForbiddenError, IdempotencyError] },
    resolve: (_root, { input }, context) => revokeApiToken(context, input),
  }),
);
