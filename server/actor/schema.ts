import { UserNode } from '../account/schema.js';
import { builder } from '../builder.js';
import { ApiTokenNode } from '../token/schema.js';
import type { SystemActor } from './platform.js';

const SystemActorRef = builder.objectRef<SystemActor>('SystemActor').implement({
  description: 'The platform itself.',
  fields: (t) => ({ component: t.exposeString('component', { description: 'Which part of it.' }) }),
});

/** What is behind it comes with its type's brand: see load.ts. */
export const ActorRef = builder.unionType('Actor', {
  description: 'Who did something.',
  types: [UserNode, ApiTokenNode, SystemActorRef],
});
