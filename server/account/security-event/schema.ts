import { publicId } from '@apployd/core/id';
import { builder } from '../../builder.js';
import { ViewerRef } from '../schema.js';
import { kindOf, securityEventActions, securityEventKinds } from './kind.js';

const SecurityEventKind = builder.enumType('SecurityEventKind', {
  description: 'What happened to an account. New values may appear: always have a default case.',
  values: Object.values(securityEventKinds),
});

const SecurityEventNode = builder.prismaObject('AuditEvent', {
  variant: 'SecurityEvent',
  description: 'Something that happened to your account, by you or by somebody who tried.',
  fields: (t) => ({
    id: t.id({ resolve: ({ id }) => publicId('AuditEvent', id) }),
    kind: t.field({
      type: SecurityEventKind,
      select: { action: true },
      resolve: ({ action }) => kindOf(action),
    }),
    at: t.expose('createdAt', { type: 'DateTime' }),
    ipAddress: t.exposeString('ip', { nullable: true, description: 'From where, as far as it is known.' }),
    userAgent: t.exposeString('userAgent', { nullable: true, description: 'As the program calls itself.' }),
    requestId: t.exposeString('requestId', { description: 'To be named to the operator.' }),
  }),
});

const SecurityEventConnection = builder.connectionObject(
  { type: SecurityEventNode, name: 'SecurityEventConnection', description: 'A page of SecurityEvent.' },
  { name: 'SecurityEventEdge', description: 'A SecurityEvent on a page.' },
);

builder.objectField(ViewerRef, 'securityEvents', (t) =>
  t.prismaConnection(
    {
      type: SecurityEventNode,
      cursor: 'id',
      description: 'What happened to your account, newest first.',
      resolve: (query, { userId }, _args, { db }) =>
        db.auditEvent.findMany({
          ...query,
          where: { userId, organizationId: null, refusal: null, action: { in: securityEventActions } },
          orderBy: { id: 'desc' },
        }),
    },
    SecurityEventConnection,
  ),
);
