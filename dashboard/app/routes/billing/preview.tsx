import type { Plan } from '@apployd/sdk';
import { Fragment } from 'react';
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
import { dueWords, partName, recurringWords } from './price-words.js';

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
  const { organizationId, planId, interval, at, key, dueNow, parts, recurring, effectiveAt } = price;
  const isLater = Date.parse(effectiveAt) > Date.parse(at) + momentMs;
  const shown = { dueMinor: `${dueNow.amountMinor}`, recurringMinor: `${recurring.amountMinor}`, effectiveAt };
  const fields = { intent: 'change', organizationId, planId, interval, at, key, ...shown, currency: dueNow.currency };
  return (
    <Panel className="p-4 lg:p-5">
      <div role="status">
        <h2 className="font-semibold">Change to {plan.name}</h2>
        <p className="num mt-0.5 text-muted">
          {dueWords(dueNow)} {recurringWords(recurring, interval)} It begins{' '}
          {isLater ? `on ${dateOf(effectiveAt, zone)}` : 'at once'}.
          {mostBesides &&
            ` Bandwidth beyond the pool goes on to be bought, for ${moneyOf(mostBesides)} a month at most.`}
        </p>
        {parts.length > 0 && <Parts parts={parts} dueNow={dueNow} />}
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

/** How what is paid today comes about. */
const Parts = ({ parts, dueNow }: Pick<Price, 'parts' | 'dueNow'>) => (
  <dl className="num mt-3 grid max-w-[66ch] grid-cols-[minmax(0,1fr)_auto] gap-x-6 gap-y-1 text-sm">
    {parts.map((part, index) => (
      <Fragment key={index}>
        <dt className="text-muted">{partName(part)}</dt>
        <dd className="text-right">{moneyOf(part.amount)}</dd>
      </Fragment>
    ))}
    <dt className="border-t border-line pt-1 font-medium">{dueNow.amountMinor < 0 ? 'Credited' : 'Paid today'}</dt>
    <dd className="border-t border-line pt-1 text-right font-medium">
      {moneyOf({ ...dueNow, amountMinor: Math.abs(dueNow.amountMinor) })}
    </dd>
  </dl>
);

/** Between the moment for which a price was worked out and the beginning of a change that begins at once. */
const momentMs = 60_000;
