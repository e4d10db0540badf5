import { loadActor } from '../actor/load.js';
import { ActorRef } from '../actor/schema.js';
import { builder } from '../builder.js';
import { ApiTokenNode } from './schema.js';

// Beside its type, since one kind of actor is the type itself.
builder.prismaObjectField(ApiTokenNode, 'createdBy', (t) =>
  t.field({
    type: ActorRef,
    nullable: true,
    description: 'The person, or the token with which it was made: that one takes it along when it is revoked.',
    select: { createdById: true, madeByTokenId: true },
    resolve: ({ createdById, madeByTokenId }, _args, context, info) =>
      loadActor(context, info, { userId: createdById, tokenId: madeByTokenId }),
  }),
);
