import { throttleRates, type BandwidthRule } from '@apployd/core/bandwidth';
import type { Money } from '@apployd/core/billing';
import { ConflictError, NotFoundError, type FieldIssue } from '@apployd/core/refusal';
import { resourceNames, type Resources } from '@apployd/core/resources';
import { appendEventToEach } from '@apployd/prisma/append-event';
import { countOverages } from '@apployd/prisma/count-overages';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Plan, Prisma } from '@apployd/prisma/generated/client/client';
import { asOperator, performAsOperator } from '../access/perform.js';
import { limitIssues } from '../allocation/limits.js';
import { limitColumns, limitsOf } from '../allocation/pool.js';
import { paymentMode } from '../billing/payment-mode.js';
import type { Context } from '../context.js';
import { requireId } from '../lookup.js';
import { checkInput, textIssues } from '../validation.js';
import { refuseWhereInUse } from './in-use.js';
import { priceColumns, priceIssues } from './prices.js';

export type PlanUpdateInput = {
  readonly planId: string;
  readonly name?: string | null;
  readonly pool?: Resources | null;
  readonly maxProjects?: number | null;
  readonly maxConcurrentBuilds?: number | null;
  readonly logRetentionDays?: number | null;
  /** Absent keeps; null: projects may stay awake. */
  readonly autoSleepMinutes?: number | null;
  readonly bandwidthRule?: BandwidthRule | null;
  readonly throttleBytesPerSecond?: number | null;
  readonly isSelectable?: boolean | null;
  /** Absent keeps; null: not for sale. */
  readonly monthlyPrice?: Money | null;
  readonly yearlyPrice?: Money | null;
  readonly expectedVersion?: number | null;
  readonly idempotencyKey?: string | null;
};

/** Changes a plan for every organization on it, or for none. */
export async function updatePlan(context: Context, input: PlanUpdateInput) {
  // Before anything is said of the input: the plans are nobody else's business.
  await asOperator(context, 'planUpdate');
  checkInput(issuesOf(input));
  const id = requireId('Plan', input.planId);
  const isLive = await paymentMode(context);
  let organizationIds: readonly string[] = [];
  const act = { mutation: 'planUpdate', organizationId: null, input };
  const made = await performAsOperator(context, act, async (tx) => {
    const before = await lockPlan(tx, id, input);
    const data = changesOf(before, input);
    const after: Plan = { ...before, ...data };
    await refuseWhereInUse(tx, before, after);
    if (after.bandwidthBytesPerMonth !== before.bandwidthBytesPerMonth) await countBuyers(tx, id, isLive);
    await tx.plan.update({ where: { id }, data: { ...data, version: { increment: 1 } } });
    organizationIds = await changePools(tx, before, after);
    const said = { code: after.code, version: before.version + 1 };
    await appendEventToEach(
      tx,
      // Who runs the platform is nobody that its customers know; the platform's audit log says who.
      { kind: 'ORGANIZATION', type: 'plan.updated', actorId: null },
      organizationIds.map((organizationId) => ({
        organizationId,
        streamId: organizationId,
        subjectId: id,
        data: said,
      })),
    );
    const audit = { target: input.planId, before: told(before, data), after: told(after, data) };
    return { result: { planId: id, organizations: organizationIds.length }, audit };
  });
  for (const organizationId of organizationIds) context.events.publish('organization', organizationId);
  return made;
}

/**
 * Whoever divides a pool holds its plan's lock from the start, so that from here on nobody does on this plan. Its
 * organizations can be locked besides: see lockPool.
 */
async function lockPlan(tx: Transaction, id: string, { planId, expectedVersion }: PlanUpdateInput): Promise<Plan> {
  await tx.$queryRaw`SELECT 1 FROM "Plan" WHERE "id" = ${id}::uuid FOR UPDATE`;
  const plan = await tx.plan.findUnique({ where: { id } });
  if (!plan) throw new NotFoundError('plan', planId);
  if (expectedVersion == null || expectedVersion === plan.version) return plan;
  throw new ConflictError('The plan was changed since you looked. Look again, then decide.', plan.version);
}

/** What was sent with the pool of before is charged by that. */
async function countBuyers(tx: Transaction, planId: string, isLive: boolean | null): Promise<void> {
  const where = { capGigabytes: { not: null }, organization: { planId } };
  const buyers = await tx.overage.findMany({ where, select: { organizationId: true } });
  const ids = buyers.map(({ organizationId }) => organizationId);
  await countOverages(tx, ids, { now: new Date(), isLive });
}

type Changes = Partial<Omit<Plan, 'id' | 'code' | 'position' | 'version' | 'updatedAt'>>;

/** What is given and other than before. */
function changesOf(before: Plan, input: PlanUpdateInput): Changes {
  const given: Changes = {
    ...(input.pool && limitColumns(input.pool)),
    name: input.name?.trim(),
    maxProjects: input.maxProjects ?? undefined,
    maxConcurrentBuilds: input.maxConcurrentBuilds ?? undefined,
    logRetentionDays: input.logRetentionDays ?? undefined,
    autoSleepMinutes: input.autoSleepMinutes,
    bandwidthRule: input.bandwidthRule ?? undefined,
    throttleBytesPerSecond: input.throttleBytesPerSecond ?? undefined,
    isSelectable: input.isSelectable ?? undefined,
    ...priceColumns(before, input),
  };
  const changed = Object.entries(given).filter(
    ([name, value]) => value !== undefined && value !== before[name as keyof Plan],
  );
  return Object.fromEntries(changed) as Changes;
}

/** Every organization on the plan, whose pool has another version when it is another pool. */
async function changePools(tx: Transaction, before: Plan, after: Plan): Promise<readonly string[]> {
  const [was, is] = [limitsOf(before), limitsOf(after)];
  const where = { planId: before.id };
  if (resourceNames.some((name) => was[name] !== is[name])) {
    await tx.organization.updateMany({ where, data: { poolVersion: { increment: 1 } } });
  }
  return (await tx.organization.findMany({ where, select: { id: true } })).map(({ id }) => id);
}

function told(plan: Plan, changes: Changes): Prisma.InputJsonObject {
  const names = Object.keys(changes) as (keyof Changes)[];
  return Object.fromEntries(
    names.map((name) => {
      const value = plan[name];
      return [name, typeof value === 'bigint' ? Number(value) : value];
    }),
  );
}

function issuesOf(input: PlanUpdateInput): FieldIssue[] {
  const { name, pool, maxProjects, maxConcurrentBuilds, logRetentionDays, autoSleepMinutes } = input;
  return [
    ...(name == null ? [] : textIssues(['name'], name, { min: 1, max: 100 })),
    ...(pool ? limitIssues(['pool'], pool) : []),
    ...rangeIssues('maxProjects', maxProjects, 100_000),
    ...rangeIssues('maxConcurrentBuilds', maxConcurrentBuilds, 1_000),
    ...rangeIssues('logRetentionDays', logRetentionDays, 3_650),
    ...rangeIssues('autoSleepMinutes', autoSleepMinutes, 10_080),
    ...rangeIssues('throttleBytesPerSecond', input.throttleBytesPerSecond, throttleRates.most, throttleRates.least),
    ...priceIssues(input),
  ];
}

function rangeIssues(name: string, value: number | null | undefined, max: number, min = 1): FieldIssue[] {
  if (value == null || (value >= min && value <= max)) return [];
  return [{ path: [name], rule: 'OUT_OF_RANGE', message: `${name} is a whole number from ${min} to ${max}.` }];
}
