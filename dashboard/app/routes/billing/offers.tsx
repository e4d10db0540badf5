import type { BillingFragment, Plan } from '@apployd/sdk';
import { formatOf, resourceNames } from '../../pool/resources.js';
import { Setting, SettingsSection } from '../../settings/setting.js';
import { IntentButton } from './intent-button.js';
import { costOf } from './cost-of.js';
import { isSubscribed } from './subscription-words.js';

type Props = {
  readonly plans: readonly Plan[];
  readonly billing: BillingFragment;
  readonly organizationId: string;
};

const intervals = [
  ['MONTH', 'monthlyPrice', 'a month'],
  ['YEAR', 'yearlyPrice', 'a year'],
] as const;

/** What is for sale. A first plan is bought on a page of Stripe's; another one is told the price of before it is charged. */
export function Offers({ plans, billing, organizationId }: Props) {
  const sold = plans.filter(
    ({ isSelectable, monthlyPrice, yearlyPrice }) => isSelectable && (monthlyPrice ?? yearlyPrice),
  );
  const isRunning = isSubscribed(billing);
  const isTheirs = (code: string, interval: string) =>
    isRunning && billing.planCode === code && billing.interval === interval && billing.scheduledPlanCode === null;
  return (
    <SettingsSection id="plans" title={isRunning ? 'Another plan' : 'Plans'}>
      {sold.length === 0 && <Setting title="No plan is for sale just now" hint="The operator gives them meanwhile." />}
      {sold.map((plan) => (
        <Setting key={plan.id} title={plan.name} hint={givenBy(plan)}>
          <div className="flex flex-wrap items-center gap-2">
            {intervals.map(([interval, price, each]) => {
              const money = plan[price];
              if (!money) return null;
              const cost = costOf(money, each, billing.trialDays);
              if (isTheirs(plan.code, interval))
                return (
                  <span key={interval} className="text-sm text-muted">
                    {cost}: this is yours
                  </span>
                );
              const intent = isRunning ? 'preview' : 'checkout';
              return (
                <IntentButton key={interval} fields={{ intent, organizationId, planId: plan.id, interval }}>
                  <span className="sr-only">
                    {isRunning ? 'See the change to' : 'Choose'} {plan.name} for{' '}
                  </span>
                  {cost}
                </IntentButton>
              );
            })}
          </div>
        </Setting>
      ))}
    </SettingsSection>
  );
}

const givenBy = ({ pool, maxProjects }: Plan) =>
  `${resourceNames.map((name) => formatOf(name, pool[name])).join(', ')} a month, ${maxProjects} projects.`;
