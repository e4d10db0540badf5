import { loadActor } from '../actor/load.js';
import { platformActor } from '../actor/platform.js';
import { ActorRef } from '../actor/schema.js';
import { builder } from '../builder.js';
import { AuditEventNode } from './schema.js';

// Beside its type: the kinds of actors know organizations, which know their audit logs.
builder.prismaObjectField(AuditEventNode, 'actor', (t) =>
  t.field({
    type: ActorRef,
    nullable: true,
    description: 'The token that acted, or else the person. Null when both are gone.',
    select: { actorKind: true, userId: true, tokenId: true },
    resolve: (event, _args, context, info) =>
      event.actorKind === 'SYSTEM' ? platformActor() : loadActor(context, info, event),
  }),
);
