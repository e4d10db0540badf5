import { publicId } from '@apployd/core/id';
import { PlanLimitError } from '@apployd/core/refusal';
import type { Transaction } from '@apployd/prisma/create-db';
import { performAsPerson } from '../access/perform.js';
import { signedIn, type Context } from '../context.js';
import { retryOnTaken } from '../unique-violation.js';
import { checkInput } from '../validation.js';
import { insertOrganization } from './insert.js';
import { organizationIssues } from './issues.js';
import { mustStillSee } from './look-up.js';

export type OrganizationCreateInput = {
  readonly name: string;
  readonly slug?: string | null;
  readonly idempotencyKey?: string | null;
};

/** Each has a pool of its own: one person does not get as many pools as they like. */
const mostOwned = 10;

/** An organization whose owner is the caller. */
export async function createOrganization(context: Context, input: OrganizationCreateInput) {
  checkInput(organizationIssues(input));
  const ownerId = signedIn(context).userId;
  const planCode = context.settings.SERVER_DEFAULT_PLAN;
  const name = input.name.trim();
  const act = { mutation: 'organizationCreate', input };
  const made = await retryOnTaken('slug', () =>
    performAsPerson(context, act, async (tx) => {
      await refuseTooMany(tx, ownerId);
      const { id, slug } = await insertOrganization(tx, { ownerId, name, slug: input.slug, planCode });
      const audit = { target: publicId('Organization', id), after: { name, slug } };
      return { result: { organizationId: id }, organizationId: id, audit };
    }),
  );
  if (made.replayed) await mustStillSee(context, made.organizationId);
  return made;
}

async function refuseTooMany(tx: Transaction, userId: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM "User" WHERE "id" = ${userId}::uuid FOR NO KEY UPDATE`;
  const current = await tx.membership.count({ where: { userId, role: 'OWNER' } });
  if (current < mostOwned) return;
  const message = `One person owns at most ${mostOwned} organizations. Hand one over before you make another.`;
  throw new PlanLimitError(message, 'ownedOrganizations', { maximum: mostOwned, current });
}
