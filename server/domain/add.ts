import { mostDomains } from '@apployd/core/domain';
import { newId, publicId } from '@apployd/core/id';
import { ConflictError, PlanLimitError, ValidationError } from '@apployd/core/refusal';
import type { Transaction } from '@apployd/prisma/create-db';
import { perform } from '../access/perform.js';
import type { Context } from '../context.js';
import { lookUpEnvironment } from '../environment/look-up.js';
import { lockActiveEnvironment } from '../environment/require-active.js';
import { retryOnTaken } from '../unique-violation.js';
import { wake } from '../wake.js';
import { append } from './append.js';
import { readName } from './normal-name.js';
import { proofOf } from './proof.js';

export type DomainAddInput = {
  readonly environmentId: string;
  readonly name: string;
  readonly idempotencyKey?: string | null;
};

/** Claims a name for an environment. It leads there once a TXT record has proven that it is theirs, which is looked for from now on. */
export async function addDomain(context: Context, input: DomainAddInput) {
  const { APPLOYD_BASE_DOMAIN: base, APPLOYD_PUBLIC_URL } = context.settings;
  const { name, issue } = readName(input.name, { base, platform: new URL(APPLOYD_PUBLIC_URL).hostname });
  if (issue) throw new ValidationError([issue]);
  const { actorId, ...on } = await lookUpEnvironment(context, input.environmentId);
  const act = { mutation: 'domainAdd', action: 'domain:add', on, input } as const;
  const made = await retryOnTaken('name', () =>
    perform(context, act, async (tx) => {
      await lockActiveEnvironment(tx, on);
      await requireRoom(tx, on, name);
      const domainId = newId();
      await tx.domain.create({ data: { id: domainId, ...on, name, proof: proofOf(on.organizationId, name) } });
      await append(tx, 'domain.added', { on, domainId, name, actorId });
      const after = { environmentId: input.environmentId, name };
      return { result: { domainId }, audit: { target: publicId('Domain', domainId), after } };
    }),
  );
  context.events.publish('project', on.projectId);
  await wake(context, 'check-domain', [made.domainId]);
  return made;
}

type Place = { readonly organizationId: string; readonly projectId: string };

/** Under the lock of the project. */
async function requireRoom(tx: Transaction, { organizationId, projectId }: Place, name: string): Promise<void> {
  const same = await tx.domain.findUnique({ where: { organizationId_name: { organizationId, name } } });
  if (same) {
    throw new ConflictError(`Your organization has added ${name} already. Remove it there first to have it elsewhere.`);
  }
  const current = await tx.domain.count({ where: { projectId } });
  if (current < mostDomains) return;
  const message = `A project may have ${mostDomains} domains. Remove one that nobody needs, or take a wildcard for many.`;
  throw new PlanLimitError(message, 'domains', { maximum: mostDomains, current });
}
