import { graceOf } from '@apployd/core/billing';
import { record } from './record.js';
import { resume } from './resume.js';
import type { Scene } from './scene.js';
import { stopProjects } from './stop-projects.js';
import { dueWarnings, warn } from './warn.js';

/** Who owes a payment runs on for a while, and is warned; then everything sleeps until it is paid. Nothing is deleted. */
export async function applyStanding(scene: Scene): Promise<void> {
  const { tx, organization, billing, standing, engine, now } = scene;
  const where = { organizationId: organization.id };
  if (standing !== 'UNPAID') {
    if (billing.unpaidSince) await tx.billing.update({ where, data: { unpaidSince: null, unpaidWarnings: 0 } });
    if (organization.suspendedAt) await resume(scene);
    return;
  }
  const since = billing.unpaidSince ?? firstOwed(scene);
  const grace = graceOf(since, engine.settings.billingGraceDays, now);
  const warnings = grace.isOver ? null : dueWarnings(grace, billing.unpaidWarnings);
  const unpaidWarnings = warnings ?? billing.unpaidWarnings;
  await tx.billing.update({ where, data: { unpaidSince: since, unpaidWarnings } });
  const isPaused = billing.status === 'PAUSED';
  if (warnings !== null) await warn(scene, 'billing.payment_due', { endsAt: grace.endsAt, isPaused });
  if (grace.isOver && organization.suspendedAt === null) await suspend(scene);
  // The operator has given them that time again.
  if (!grace.isOver && organization.suspendedAt) await resume(scene);
}

/** What Stripe says is of the newest invoice alone, and may be of long before anybody had to pay. */
function firstOwed({ owedSince, lastPaid, now }: Scene): Date {
  const [owed, paid] = [owedSince ?? now, lastPaid ?? now];
  return owed > paid ? owed : paid;
}

const reason = 'The organization is suspended, since its plan is not paid for. Once it is, this runs again.';

async function suspend(scene: Scene): Promise<void> {
  const { tx, organization, now } = scene;
  await tx.organization.update({ where: { id: organization.id }, data: { suspendedAt: now } });
  const projects = await tx.project.findMany({ where: { organizationId: organization.id }, select: { id: true } });
  await stopProjects(
    scene,
    projects.map(({ id }) => id),
    reason,
  );
  await record(tx, organization, 'organization.suspended', { after: { suspendedAt: now.toISOString() } });
}
