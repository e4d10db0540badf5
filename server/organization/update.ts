import { ConflictError, ValidationError } from '@apployd/core/refusal';
import type { Transaction } from '@apployd/prisma/create-db';
import { perform } from '../access/perform.js';
import { signedIn, type Context } from '../context.js';
import { retryOnTaken } from '../unique-violation.js';
import { checkInput } from '../validation.js';
import { refuseTakenSlug } from './insert.js';
import { organizationIssues } from './issues.js';
import { lockOrganization } from './lock.js';
import { lookUpOrganization } from './look-up.js';
import { tellOrganization } from './tell.js';

export type OrganizationUpdateInput = {
  readonly organizationId: string;
  readonly name?: string | null;
  readonly slug?: string | null;
  readonly expectedVersion?: number | null;
  readonly idempotencyKey?: string | null;
};

/** Another name or slug. What has a host name keeps it. */
export async function updateOrganization(context: Context, input: OrganizationUpdateInput) {
  if (input.name == null && input.slug == null) {
    throw new ValidationError([{ path: [], rule: 'REQUIRED', message: 'Give a name or a slug.' }]);
  }
  checkInput(organizationIssues(input));
  const { userId: actorId } = signedIn(context);
  const organizationId = await lookUpOrganization(context, input.organizationId);
  const on = { organizationId };
  const act = { mutation: 'organizationUpdate', action: 'organization:update', on, input } as const;
  const made = await retryOnTaken('slug', () =>
    perform(context, act, async (tx) => {
      const change = { name: input.name?.trim(), slug: input.slug ?? undefined };
      const { before, after } = await update(tx, organizationId, change, input.expectedVersion ?? null);
      await tellOrganization(tx, organizationId, { type: 'organization.updated', subjectId: organizationId, actorId });
      return { result: { organizationId }, audit: { target: input.organizationId, before, after } };
    }),
  );
  context.events.publish('organization', organizationId);
  return made;
}

type Change = { readonly name?: string; readonly slug?: string };

async function update(tx: Transaction, id: string, { name, slug }: Change, expected: number | null) {
  await lockOrganization(tx, id);
  const select = { name: true, slug: true, version: true } as const;
  const before = await tx.organization.findUniqueOrThrow({ where: { id }, select });
  if (expected !== null && expected !== before.version) {
    throw new ConflictError('The organization was changed since you looked. Look again, then decide.', before.version);
  }
  if (slug !== undefined && slug !== before.slug) await refuseTakenSlug(tx, slug);
  const after = await tx.organization.update({
    where: { id },
    data: { name, slug, version: { increment: 1 } },
    select,
  });
  return { before, after };
}
