import { ViewerRef } from '../account/schema.js';
import { builder } from '../builder.js';
import { signedIn } from '../context.js';
import { TokenScopeRef } from './scope.js';

builder.objectFields(ViewerRef, (t) => ({
  token: t.prismaField({
    type: 'ApiToken',
    nullable: true,
    description: 'The token that asks; null for a session.',
    resolve: (query, _viewer, _args, context) => {
      const { credential } = signedIn(context);
      return credential.kind === 'token'
        ? context.db.apiToken.findUnique({ ...query, where: { id: credential.id } })
        : null;
    },
  }),
  scopes: t.field({
    type: [TokenScopeRef],
    description: 'What the token may ask for; everything, for a session. What comes of it is up to the role.',
    resolve: (_viewer, _args, context) => [...signedIn(context).scopes],
  }),
}));
