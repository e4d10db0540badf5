import { Form, useLocation, useNavigation } from '@remix-run/react';
import type { BillingFragment } from '@apployd/sdk';
import { moneyOf } from '../../billing/money.js';
import { Setting, SettingsSection } from '../../settings/setting.js';
import { Button } from '../../ui/button.js';
import { Field } from '../../ui/field.js';
import { IntentButton } from './intent-button.js';

type Props = {
  readonly overage: NonNullable<BillingFragment['overage']>;
  readonly organizationId: string;
  /** Owners alone decide what may be spent besides the plan. */
  readonly mayDecide: boolean;
};

/** Bandwidth beyond the pool: what it costs, what it has cost this month, and up to how much it may. */
export function Overage({ overage, organizationId, mayDecide }: Props) {
  const { price, capGigabytes, gigabytes, cost, mostCost } = overage;
  const title =
    mostCost === null ? 'None is bought' : `Up to ${capGigabytes} GB a month, for ${moneyOf(mostCost)} at most`;
  const soFar = gigabytes > 0 ? `${gigabytes} GB this month: ${moneyOf(cost)}, before discounts and taxes. ` : '';
  return (
    <SettingsSection id="overage" title="Bandwidth beyond the pool">
      <Setting
        title={title}
        hint={`${soFar}A gigabyte is ${moneyOf(price)}, charged with the plan. What was sent before it is bought costs nothing.`}
      >
        {mayDecide && mostCost !== null && (
          <IntentButton fields={{ intent: 'overage', organizationId, capGigabytes: '' }}>
            Buy none any more
          </IntentButton>
        )}
      </Setting>
      {mayDecide && <Cap key={capGigabytes} organizationId={organizationId} capGigabytes={capGigabytes} />}
    </SettingsSection>
  );
}

type CapProps = { readonly organizationId: string; readonly capGigabytes: number | null };

function Cap({ organizationId, capGigabytes }: CapProps) {
  const { pathname } = useLocation();
  const isBusy = useNavigation().formMethod === 'POST';
  return (
    <Form method="post" action={pathname} className="flex flex-wrap items-end gap-3 px-4 py-3 lg:px-5">
      <input type="hidden" name="intent" value="overage" />
      <input type="hidden" name="organizationId" value={organizationId} />
      <Field
        name="capGigabytes"
        label="At most, in GB a month"
        type="number"
        inputMode="numeric"
        min={1}
        max={1_000_000}
        required
        defaultValue={capGigabytes ?? undefined}
        className="w-52"
      />
      <Button type="submit" disabled={isBusy}>
        {capGigabytes === null ? 'Buy up to this' : 'Set the cap'}
      </Button>
    </Form>
  );
}
