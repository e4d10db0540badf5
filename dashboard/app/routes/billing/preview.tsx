import type { Plan } from '@apployd/sdk';
import { moneyOf } from '../../billing/money.js';
import { PoolStrip } from '../../pool/pool-strip.js';
import { formatOf } from '../../pool/resources.js';
import { basinsOf, useOrganization } from '../../shell/organization-context.js';
import { ButtonLink } from '../../ui/button.js';
import { Panel } from '../../ui/panel.js';
import { dateOf } from '../../ui/time-format.js';
import { useZone } from '../../ui/zone.js';
import type { Price } from './act.server.js';
import { IntentButton } from './intent-button.js';

type Money = Price['dueNow'];
type Props = {
  readonly price: Price;
  readonly plan: Plan;
  /** For bandwidth beyond the pool. */ readonly mostBesides?: Money | null;
};

/** What a change costs and when it begins, with the pool as it would be, before anything is charged. */
export function Preview({ price, plan, mostBesides }: Props) {
  const { organization } = useOrganization();
  const zone = useZone();
  const { organizationId, planId, interval, at, key, dueNow, recurring, effectiveAt } = price;
  const isLater = Date.parse(effectiveAt) > Date.parse(at) + momentMs;
  const due =
    dueNow.amountMinor < 0
      ? `${moneyOf({ ...dueNow, amountMinor: -dueNow.amountMinor })} are credited for what is left of the old plan`
      : `${moneyOf(dueNow)} today`;
  const shown = { dueMinor: `${dueNow.amountMinor}`, recurringMinor: `${recurring.amountMinor}`, effectiveAt };
  const fields = { intent: 'change', organizationId, planId, interval, at, key, ...shown, currency: dueNow.currency };
  return (
    <Panel className="p-4 lg:p-5">
      <div role="status">
        <h2 className="font-semibold">Change to {plan.name}</h2>
        <p className="num mt-0.5 text-muted">
          {due}, then {moneyOf(recurring)} each {interval === 'YEAR' ? 'year' : 'month'}, before discounts and taxes. It
          begins {isLater ? `on ${dateOf(effectiveAt, zone)}` : 'at once'}.
          {mostBesides &&
            ` Bandwidth beyond the pool goes on to be bought, for ${moneyOf(mostBesides)} a month at most.`}
        </p>
      </div>
      <p className="num mt-4 mb-1.5 text-sm">Memory: {formatOf('memoryBytes', plan.pool.memoryBytes)}</p>
      <PoolStrip
        height={40}
        name={`Memory with ${plan.name}`}
        total={plan.pool.memoryBytes}
        format={(amount) => formatOf('memoryBytes', amount)}
        basins={basinsOf(organization, 'memoryBytes')}
      />
      <div className="mt-4 flex flex-wrap justify-end gap-2">
        <ButtonLink to={`/${organization.slug}/billing`} kind="quiet">
          Leave it as it is
        </ButtonLink>
        <IntentButton kind="primary" fields={fields}>
          {isLater ? 'Book the change' : dueNow.amountMinor > 0 ? `Change, and pay ${moneyOf(dueNow)}` : 'Change'}
        </IntentButton>
      </div>
    </Panel>
  );
}

/** Between the moment for which a price was worked out and the beginning of a change that begins at once. */
const momentMs = 60_000;
