import { builder } from '../builder.js';
import type { Queued } from './insert.js';

type Made = Queued & { readonly replayed: boolean };

/** What a mutation gives that queues a deployment. */
export const queuedPayload = (name: string, mutation: string) =>
  builder.objectRef<Made>(name).implement({
    description: `Success of ${mutation}.`,
    fields: (t) => ({
      deployment: t.prismaField({
        type: 'Deployment',
        resolve: (query, { deploymentId }, _args, { db }) =>
          db.deployment.findUniqueOrThrow({ ...query, where: { id: deploymentId } }),
      }),
      superseded: t.prismaField({
        type: ['Deployment'],
        description: 'Older ones of the environment that it made pointless: ended, or asked to end. Newest first.',
        resolve: (query, { superseded }, _args, { db }) =>
          db.deployment.findMany({ ...query, where: { id: { in: superseded } }, orderBy: { number: 'desc' } }),
      }),
      replayed: t.exposeBoolean('replayed', { description: 'An earlier call with the same idempotency key did it.' }),
    }),
  });

export const supersede =
  "Ends older ones of the environment that wait or are built. Absent: what the project's settings say.";
