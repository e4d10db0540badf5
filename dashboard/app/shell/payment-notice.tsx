import { owedOf } from '../billing/owed.js';
import { ButtonLink } from '../ui/button.js';
import { Notice } from '../ui/notice.js';
import { dateOf } from '../ui/time-format.js';
import { useZone } from '../ui/zone.js';
import { useHere } from './here.js';
import { useOrganization } from './organization-context.js';

/** On every page of an organization that owes something or holds too much, for those who see to its bill. */
export function PaymentNotice() {
  const { slug, billing } = useOrganization().organization;
  const zone = useZone();
  const { section } = useHere();
  const owed = billing && owedOf(billing, (at) => dateOf(at, zone));
  if (!owed) return null;
  const [to, label] =
    billing.unpaidSince || billing.suspendedAt ? ['billing', 'See to it'] : ['pool', 'Divide the pool'];
  const isThere = section === (to === 'pool' ? 'pool' : 'plan');
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
