import { dayMs } from '@apployd/core/billing';
import type { Engine } from '../engine.js';
import { found } from '../reconcile/found.js';
import { doubtfulChanges } from './find-out-change.js';
import { liftSuspensions } from './lift-suspensions.js';
import { settleBilling } from './settle.js';

/** How long what something is about to come of is left alone: a payment is told of by Stripe anyway. */
const soonMs = 10 * 60_000;
/** How long one that could not be looked at waits. */
const backoffMs = 5 * 60_000;
/** Who was suspended lately is looked at with every turn, one a minute: they run again soon after they pay, told of or not. */
const latelyMs = 60 * dayMs;
const turnMs = 30_000;
const most = 100;

/**
 * Looks again at what time alone has consequences for, and once a day at every organization that pays: what differs from
 * what Stripe says was told by no event, and is reported.
 */
export async function settleDue(engine: Engine, signal: AbortSignal): Promise<void> {
  await forgetEvents(engine);
  if (!engine.payments) return liftSuspensions(engine, signal);
  const { isLive } = await engine.payments();
  const due = (await dueBillings(engine, isLive)).map(({ organizationId }) => organizationId);
  for (const organizationId of new Set([...(await doubtfulChanges(engine, most)), ...due])) {
    if (signal.aborted) return;
    await settleOne(engine, organizationId);
  }
}

/** One that cannot be looked at does not keep the others waiting: it is the last of the next ones. */
async function settleOne(engine: Engine, organizationId: string): Promise<void> {
  try {
    const drift = await settleBilling(engine, organizationId);
    if (drift.length > 0) found(engine, 'billing.drift', { organizationId, drift });
  } catch (err) {
    engine.log.warn({ err, organizationId }, 'could not settle what an organization pays');
    await engine.db.billing.updateMany({ where: { organizationId }, data: { triedAt: engine.clock.now() } });
  }
}

/** Rows of the other mode, test or live, are of no use from the first look on; and of use again at once. */
function dueBillings({ db, clock }: Engine, isLive: boolean) {
  const at = (ms: number) => new Date(clock.now().getTime() - ms);
  const before = (ms: number) => ({ OR: [{ settledAt: null }, { settledAt: { lt: at(ms) } }] });
  const isOfOther = { isLive: !isLive, status: { not: null } };
  const isBack = { isLive, status: null, subscriptionId: { not: null } };
  // Only a try that was no look is waited for.
  const rested = (ms: number) => ({
    OR: [{ triedAt: null }, { triedAt: { lte: db.billing.fields.settledAt } }, { triedAt: { lt: at(ms) } }],
  });
  const waits = { OR: [{ unpaidSince: { not: null } }, { overLimitSince: { not: null } }] };
  const sleeps = { unpaidSince: { not: null }, organization: { suspendedAt: { gt: at(latelyMs) } } };
  const isDue = { OR: [before(dayMs), isOfOther, isBack, { AND: [waits, before(soonMs)] }] };
  return db.billing.findMany({
    where: { OR: [{ AND: [rested(backoffMs), isDue] }, { AND: [rested(turnMs), sleeps, before(turnMs)] }] },
    orderBy: { triedAt: { sort: 'asc', nulls: 'first' } },
    take: most,
    select: { organizationId: true },
  });
}

/** Those that nobody has seen to as well: what they told of was looked at since, once a day. */
async function forgetEvents({ db, clock, settings }: Engine): Promise<void> {
  const receivedAt = { lt: new Date(clock.now().getTime() - settings.eventsMs) };
  await db.webhookEvent.deleteMany({ where: { receivedAt } });
}
