import { newId } from '@apployd/core/id';
import type { Grace } from '@apployd/core/billing';
import { mailContext, type Mail } from '@apployd/core/mail';
import { record } from './record.js';
import type { Scene } from './scene.js';

/** How many warnings there should have been by now; null when there were. */
export function dueWarnings({ warnings }: Grace, given: number): number | null {
  return warnings > given ? warnings : null;
}

type Warning = 'billing.payment_due' | 'billing.over_limit';
type About = {
  readonly endsAt: Date;
  readonly plan?: string;
  /** Nothing is charged just now: a trial is over without a way to pay, or nothing is collected at Stripe. */
  readonly isPaused?: boolean;
};

const mostMails = 50;

/** Tells those who see to the bill, by mail too, what will happen when. */
export async function warn(scene: Scene, type: Warning, about: About): Promise<void> {
  const { tx, organization } = scene;
  const after = {
    endsAt: about.endsAt.toISOString(),
    ...(about.plan && { plan: about.plan }),
    ...(about.isPaused && { isPaused: true }),
  };
  await record(tx, organization, type, { after });
  const members = await tx.membership.findMany({
    where: { organizationId: organization.id, role: { in: ['OWNER', 'BILLING'] } },
    orderBy: { createdAt: 'asc' },
    take: mostMails,
    select: { user: { select: { email: true } } },
  });
  for (const { user } of members) await queueMail(scene, { to: user.email, ...textOf(type, organization.name, about) });
}

/** Sent once the transaction is committed, and never else. */
async function queueMail({ tx, engine, deeds }: Scene, mail: Mail): Promise<void> {
  const id = newId();
  await tx.mail.create({ data: { id, sealed: engine.secretBox.seal(JSON.stringify(mail), mailContext(id)) } });
  deeds.mail.push(id);
}

function textOf(type: Warning, name: string, { endsAt, plan, isPaused }: About): Omit<Mail, 'to'> {
  const day = endsAt.toISOString().slice(0, 10);
  if (type === 'billing.payment_due' && isPaused) {
    const text = `The subscription of ${name} is paused: its trial is over and no way to pay is known, or its payments are not collected at Stripe. Everything runs on until ${day}. If it has not gone on by then, all projects are put to sleep; they run again, with their data, as soon as it does. The billing page of ${name} says what is needed.\n`;
    return { subject: `The subscription of ${name} is paused`, text };
  }
  if (type === 'billing.payment_due') {
    const text = `A payment of ${name} could not be made. Everything runs on until ${day}. If it is not made by then, all projects are put to sleep; they run again, with their data, as soon as it is. Open the billing page of ${name} to pay.\n`;
    return { subject: `A payment of ${name} is owed`, text };
  }
  const text = `${name} holds more than its plan ${plan ?? ''} gives. It keeps what it has until ${day}. Then the newest projects that do not fit are put to sleep; nothing of them is deleted. Make slices of the pool smaller, or choose a larger plan.\n`;
  return { subject: `${name} holds more than its plan gives`, text };
}
