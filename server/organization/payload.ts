import { builder } from '../builder.js';

type Done = { readonly organizationId: string; readonly replayed: boolean };

/** The payload of a mutation after which the organization is to be read anew. */
export const organizationPayload = (name: string, mutation: string) =>
  builder.objectRef<Done>(name).implement({
    description: `Success of ${mutation}.`,
    fields: (t) => ({
      organization: t.prismaField({
        type: 'Organization',
        resolve: (query, { organizationId }, _args, { db }) =>
          db.organization.findUniqueOrThrow({ ...query, where: { id: organizationId } }),
      }),
      replayed: t.exposeBoolean('replayed', { description: 'An earlier call with the same idempotency key did it.' }),
    }),
  });
