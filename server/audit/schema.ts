import { builder } from '../builder.js';

export const AuditEventNode = builder.prismaNode('AuditEvent', {
  description:
    'What somebody has changed, or was refused to. Written with the change itself, and never changed or removed.',
  id: { field: 'id' },
  fields: (t) => ({
    at: t.expose('createdAt', { type: 'DateTime' }),
    action: t.exposeString('action', { description: "The mutation's name." }),
    targetId: t.exposeID('targetId', {
      nullable: true,
      description: 'What was changed; of what was refused, where it was to be done.',
    }),
    ip: t.exposeString('ip', { nullable: true, description: 'From where it was asked for.' }),
    userAgent: t.exposeString('userAgent', { nullable: true }),
    requestId: t.exposeString('requestId', { description: "Of the request: its answer's x-request-id." }),
    refusal: t.exposeString('refusal', {
      nullable: true,
      description: 'The code of the refusal, such as FORBIDDEN, when it was tried and nothing was changed.',
    }),
    changes: t.expose('changes', {
      type: 'JSONObject',
      nullable: true,
      description: 'What was changed: `before` and `after`, without secrets.',
    }),
  }),
});

export const AuditEventConnection = builder.connectionObject(
  { type: AuditEventNode, name: 'AuditEventConnection', description: 'A page of AuditEvent.' },
  { name: 'AuditEventEdge', description: 'An AuditEvent on a page.' },
);

export const AuditFilterRef = builder.inputType('AuditFilter', {
  description: 'All that is given has to hold.',
  fields: (t) => ({
    actorId: t.id({ description: 'A person, with what their tokens have done, or one token.' }),
    actions: t.stringList({ description: "Any of these mutations' names, at most 50." }),
    targetId: t.id({ description: 'What was changed.' }),
    refused: t.boolean({ description: 'Only what was refused, or only what was done; both when absent.' }),
    since: t.field({ type: 'DateTime', description: 'At that moment or later.' }),
    until: t.field({ type: 'DateTime', description: 'Before that moment.' }),
  }),
});
