import { owedOf, suspensionOf } from '../billing/owed.js';
import { ButtonLink } from '../ui/button.js';
import { Notice } from '../ui/notice.js';
import { dateOf } from '../ui/time-format.js';
import { useZone } from '../ui/zone.js';
import { useHere } from './here.js';
import { type Organization, useOrganization } from './organization-context.js';
import type { Section } from './sections.js';

/**
 * On every page of an organization that owes something or holds too much, for those who see to its bill; that everything is
 * stopped, for every member.
 */
export function PaymentNotice() {
  const { slug, billing, suspendedAt } = useOrganization().organization;
  const zone = useZone();
  const { section } = useHere();
  const date = (at: string) => dateOf(at, zone);
  const owed = billing ? owedOf(billing, date) : suspensionOf(suspendedAt, date);
  if (!owed) return null;
  const [place, to, label] = wayOf(billing);
  const isThere = section === place;
  return (
    <Notice
      tone={owed.tone}
      className="mb-5"
      title={owed.title}
      action={isThere ? null : <ButtonLink to={`/${slug}/${to}`}>{label}</ButtonLink>}
    >
      {owed.text}
    </Notice>
  );
}

/** Where something can be done about it: the section, its path, and what is done there. */
function wayOf(billing: Organization['billing']): readonly [Section, string, string] {
  if (!billing) return ['members', 'members', 'See who they are'];
  return billing.unpaidSince || billing.suspendedAt
    ? ['plan', 'billing', 'See to it']
    : ['pool', 'pool', 'Divide the pool'];
}
