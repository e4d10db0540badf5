import {
  ConflictError,
  ForbiddenError,
  InvalidStateError,
  NotFoundError,
  ValidationError,
} from '@apployd/core/refusal';
import { builder } from '../builder.js';
import { signedIn } from '../context.js';
import { OrganizationConnection } from '../organization/schema.js';
import { paidIn, RateLimitRef } from '../limit/schema.js';
import { SecondFactorNeeded } from './second-factor/challenge.js';
import { signIn } from './sign-in.js';
import type { Begun } from './session/begin.js';
import { signOut } from './sign-out.js';
import { signUp } from './sign-up.js';

export const UserNode = builder.prismaNode('User', {
  description: 'A person with an account.',
  id: { field: 'id' },
  fields: (t) => ({
    name: t.exposeString('name'),
    email: t.string({
      nullable: true,
      description: 'Null unless you share an organization.',
      select: (_args, { viewer }) => ({
        email: true,
        memberships: {
          where: {
            organization: {
              memberships: { some: { userId: viewer?.userId ?? '00000000-0000-0000-0000-000000000000' } },
            },
          },
          select: { userId: true },
          take: 1,
        },
      }),
      resolve: ({ id, email, memberships }, _args, { viewer }) =>
        id === viewer?.userId || memberships.length > 0 ? email : null,
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
  }),
});

export const ViewerRef = builder.objectRef<{ readonly userId: string }>('Viewer').implement({
  description: 'Who is asking, and what is theirs.',
  fields: (t) => ({
    user: t.prismaField({
      type: 'User',
      resolve: (query, { userId }, _args, { db }) => db.user.findUniqueOrThrow({ ...query, where: { id: userId } }),
    }),
    organizations: t.prismaConnection(
      {
        type: 'Organization',
        cursor: 'id',
        description: 'Oldest first.',
        resolve: (query, _viewer, _args, context) =>
          context.db.organization.findMany({
            ...query,
            where: signedIn(context).sees.Organization,
            orderBy: { id: 'asc' },
          }),
      },
      OrganizationConnection,
    ),
    rateLimit: t.field({
      type: RateLimitRef,
      description: 'What is left of the points that operations cost.',
      resolve: (_viewer, _args, context) => paidIn(context),
    }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({
    type: ViewerRef,
    nullable: true,
    description:
      'The caller; null when nobody has signed in. Credentials that have ended are an UNAUTHENTICATED error.',
    resolve: (_root, _args, context) => (context.refused ? signedIn(context) : context.viewer),
  }),
);

const SignUpInput = builder.inputType('AccountSignUpInput', {
  description: 'Input of accountSignUp.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'What others see; 1 to 100 characters.' }),
    email: t.string({ required: true }),
    password: t.string({ required: true, description: '10 to 128 characters, of any kind.' }),
    organizationName: t.string({
      description:
        "Name of the first organization; the person's own name when absent. Not together with an invitation.",
    }),
    invitation: t.string({
      description: 'Secret of an invitation to this address: the person joins that organization instead of a new one.',
    }),
  }),
});

const SignUpPayload = builder.objectRef<Awaited<ReturnType<typeof signUp>>>('AccountSignUpPayload').implement({
  description: 'Success of accountSignUp.',
  fields: (t) => ({
    viewer: t.field({ type: ViewerRef, resolve: (made) => made }),
    organization: t.prismaField({
      type: 'Organization',
      resolve: (query, { organizationId }, _args, { db }) =>
        db.organization.findUniqueOrThrow({ ...query, where: { id: organizationId } }),
    }),
    token: t.exposeString('token', { description: 'Bearer token of the new session. Browsers get a cookie besides.' }),
  }),
});

builder.mutationField('accountSignUp', (t) =>
  t.field({
    type: SignUpPayload,
    nullable: true,
    description:
      'Makes an account with an organization of its own, or in the one that has invited it, and signs in. A link to verify the address is sent to it. Who may sign up is the platform’s choice: ForbiddenError says so.',
    args: { input: t.arg({ type: SignUpInput, required: true }) },
    errors: { types: [ValidationError, ConflictError, ForbiddenError, NotFoundError, InvalidStateError] },
    resolve: (_root, { input }, context) => signUp(context, input),
  }),
);

const SignInInput = builder.inputType('AccountSignInInput', {
  description: 'Input of accountSignIn.',
  fields: (t) => ({ email: t.string({ required: true }), password: t.string({ required: true }) }),
});

export const SignInPayload = builder.objectRef<Begun>('AccountSignInPayload').implement({
  description: 'Success of accountSignIn.',
  fields: (t) => ({
    viewer: t.field({ type: ViewerRef, resolve: (made) => made }),
    token: t.exposeString('token', { description: 'Bearer token of the new session. Browsers get a cookie besides.' }),
  }),
});

builder.objectType(SecondFactorNeeded, {
  name: 'AccountSignInChallenge',
  description: 'The password is right, and the account has a second factor: go on with accountSignInVerify.',
  fields: (t) => ({
    challenge: t.exposeString('challenge', {
      description: 'To be sent along with the code. Worth nothing without it.',
    }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'Afterwards the password is asked for again.' }),
  }),
});

builder.mutationField('accountSignIn', (t) =>
  t.field({
    type: SignInPayload,
    nullable: true,
    description:
      'Starts a session, or asks for a code of the second factor. A wrong password and an unknown address are not told apart.',
    args: { input: t.arg({ type: SignInInput, required: true }) },
    errors: {
      types: [ValidationError, SecondFactorNeeded],
      union: { description: 'A session, what is missing for one, or an expected failure.' },
    },
    resolve: (_root, { input }, context) => signIn(context, input),
  }),
);

const SignOutPayload = builder.objectRef<{ signedOut: boolean }>('AccountSignOutPayload').implement({
  description: 'Success of accountSignOut.',
  fields: (t) => ({ signedOut: t.exposeBoolean('signedOut') }),
});

builder.mutationField('accountSignOut', (t) =>
  t.field({
    type: SignOutPayload,
    nullable: true,
    description: 'Ends the session that this request came with; its token and cookie are worth nothing afterwards.',
    errors: { types: [ForbiddenError] },
    resolve: (_root, _args, context) => signOut(context),
  }),
);
