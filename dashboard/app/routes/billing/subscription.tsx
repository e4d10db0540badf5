import type { BillingFragment } from '@apployd/sdk';
import { Setting, SettingsSection } from '../../settings/setting.js';
import { Confirmed } from '../../ui/confirmed.js';
import { dateOf } from '../../ui/time-format.js';
import { useZone } from '../../ui/zone.js';
import { IntentButton } from './intent-button.js';
import { subscriptionWords } from './subscription-words.js';

type Props = {
  readonly billing: BillingFragment;
  readonly organizationId: string;
  /** The same until it is known what came of an ending that was asked for. */
  readonly endingKey: string;
  readonly nameOf: (planCode: string | null) => string;
};

/** How the subscription is, and the ways to end it, to let it go on, and to the cards. */
export function Subscription({ billing, organizationId, endingKey, nameOf }: Props) {
  const zone = useZone();
  const lines = subscriptionWords(billing, { name: nameOf, date: (at) => dateOf(at, zone) });
  const ending = { intent: 'ending', organizationId, key: endingKey };
  const portal = { intent: 'portal', organizationId };
  const acts = {
    end: (
      <Confirmed
        label="End it"
        about="the subscription"
        title="End the subscription?"
        text="What is paid for is kept to its end. Then the organization has the plan again that it had before; projects that do not fit it sleep, and nothing is deleted."
        fields={{ ...ending, ends: 'true' }}
      />
    ),
    resume: <IntentButton fields={{ ...ending, ends: 'false' }}>Keep it as it is</IntentButton>,
    pay: (
      <IntentButton kind="primary" fields={{ ...portal, page: 'HOME' }}>
        Pay what is owed
      </IntentButton>
    ),
    method: (
      <IntentButton kind="primary" fields={{ ...portal, page: 'PAYMENT_METHOD' }}>
        Say how it is paid
      </IntentButton>
    ),
  };
  return (
    <SettingsSection id="subscription" title="Subscription">
      {lines.map(({ title, hint, act }) => (
        <Setting key={title} title={title} hint={hint}>
          {act && acts[act]}
        </Setting>
      ))}
      {billing.status && (
        <Setting title="Cards and addresses" hint="On a page of Stripe's: no card comes to the platform.">
          <IntentButton fields={{ ...portal, page: 'HOME' }}>See to them</IntentButton>
        </Setting>
      )}
    </SettingsSection>
  );
}
