import { publicId } from '@apployd/core/id';
import { ForbiddenError, IdempotencyError, NotFoundError } from '@apployd/core/refusal';
import { builder } from '../../builder.js';
import { ViewerRef } from '../schema.js';
import { revokeSession } from './revoke.js';
import { signOutEverywhere } from './sign-out-everywhere.js';

const most = 100;

const SessionRef = builder.prismaObject('Session', {
  description: 'A place where somebody has signed in.',
  fields: (t) => ({
    id: t.id({ resolve: ({ id }) => publicId('Session', id) }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    lastSeenAt: t.expose('lastSeenAt', { type: 'DateTime', description: 'To the minute.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'Later with every day on which it is used.' }),
    ipAddress: t.exposeString('ipAddress', { nullable: true, description: 'From where it was used last.' }),
    userAgent: t.exposeString('userAgent', { nullable: true, description: 'As the program calls itself.' }),
    isCurrent: t.boolean({
      description: 'The session of this request.',
      resolve: ({ id }, _args, { viewer }) => viewer?.credential.id === id,
    }),
  }),
});

builder.objectField(ViewerRef, 'sessions', (t) =>
  t.prismaField({
    type: [SessionRef],
    description: `Where you have signed in, the last used first; ${most} at most.`,
    resolve: (query, { userId }, _args, { db }) =>
      db.session.findMany({
        ...query,
        where: { userId, expiresAt: { gt: new Date() } },
        orderBy: [{ lastSeenAt: 'desc' }, { id: 'desc' }],
        take: most,
      }),
  }),
);

const RevokeInput = builder.inputType('AccountSessionRevokeInput', {
  description: 'Input of accountSessionRevoke.',
  fields: (t) => ({ sessionId: t.id({ required: true }), idempotencyKey: t.field({ type: 'IdempotencyKey' }) }),
});

const RevokePayload = builder
  .objectRef<Awaited<ReturnType<typeof revokeSession>>>('AccountSessionRevokePayload')
  .implement({
    description: 'Success of accountSessionRevoke.',
    fields: (t) => ({
      sessionId: t.id({ resolve: ({ sessionId }) => publicId('Session', sessionId) }),
      replayed: t.exposeBoolean('replayed', { description: 'An earlier call with the same idempotency key did it.' }),
    }),
  });

builder.mutationField('accountSessionRevoke', (t) =>
  t.field({
    type: RevokePayload,
    nullable: true,
    description: 'Ends one of your sessions, this one or another. Its streams end within seconds.',
    args: { input: t.arg({ type: RevokeInput, required: true }) },
    errors: { types: [NotFoundError, ForbiddenError, IdempotencyError] },
    resolve: (_root, { input }, context) => revokeSession(context, input),
  }),
);

const EverywhereInput = builder.inputType('AccountSignOutEverywhereInput', {
  description: 'Input of accountSignOutEverywhere.',
  fields: (t) => ({
    includingThis: t.boolean({ defaultValue: false, description: 'This session ends as well.' }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
  }),
});

const EverywherePayload = builder
  .objectRef<Awaited<ReturnType<typeof signOutEverywhere>>>('AccountSignOutEverywherePayload')
  .implement({
    description: 'Success of accountSignOutEverywhere.',
    fields: (t) => ({
      endedSessions: t.exposeInt('endedSessions'),
      replayed: t.exposeBoolean('replayed', { description: 'An earlier call with the same idempotency key did it.' }),
    }),
  });

builder.mutationField('accountSignOutEverywhere', (t) =>
  t.field({
    type: EverywherePayload,
    nullable: true,
    description:
      'Ends every other session of yours, or every one, with sign-ins that wait for a code and a change of address that waits for its link. API tokens stay: revoke them one by one.',
    args: { input: t.arg({ type: EverywhereInput, required: true }) },
    errors: { types: [ForbiddenError, IdempotencyError] },
    resolve: (_root, { input }, context) => signOutEverywhere(context, input),
  }),
);
