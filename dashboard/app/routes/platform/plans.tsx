import type { Plan } from '@apployd/sdk';
import { amountOf } from '../../billing/money.js';
import { formatOf, resourceKinds, resourceNames, typedOf } from '../../pool/resources.js';
import { type Answer, wrongIn } from '../../settings/answer.js';
import { SectionForm } from '../../settings/section-form.js';
import { Field } from '../../ui/field.js';
import { Select } from '../../ui/select.js';

type Props = { readonly plan: Plan; readonly answer: Answer | undefined };

const limits = [
  ['maxProjects', 'Projects', 'At most, in one organization.'],
  ['maxConcurrentBuilds', 'Builds at once', 'More of them wait for their turn.'],
  ['logRetentionDays', 'Days of logs', 'Older lines are removed.'],
  ['autoSleepMinutes', 'Minutes until sleep', 'Empty: projects may stay awake.'],
] as const;

const prices = [
  ['monthlyPrice', 'Price a month'],
  ['yearlyPrice', 'Price a year'],
] as const;

/** What organizations on a plan may have, and what it costs. A change holds for all of them at once, or is refused. */
export function PlanSection({ plan, answer }: Props) {
  const intent = `plan ${plan.code}`;
  const wrong = wrongIn(answer, intent);
  const id = (name: string) => `${plan.code}-${name}`;
  return (
    <SectionForm
      id={`plan-${plan.code}`}
      title={plan.name}
      text={
        <>
          <span className="font-mono text-xs">{plan.code}</span>,{' '}
          {resourceNames.map((name) => formatOf(name, plan.pool[name])).join(', ')}
          {plan.isSelectable ? '' : '. Given by operators alone'}
        </>
      }
      intent={intent}
      answer={answer}
    >
      <input type="hidden" name="planId" value={plan.id} />
      <input type="hidden" name="version" value={plan.version} />
      <Field
        id={id('name')}
        name="name"
        label="Name"
        required
        maxLength={100}
        defaultValue={plan.name}
        autoComplete="off"
        error={wrong('name')}
      />
      {resourceNames.map((name) => (
        <Field
          key={name}
          id={id(name)}
          name={name}
          label={`${resourceKinds[name].label}, ${resourceKinds[name].unitName}`}
          inputMode="decimal"
          required
          defaultValue={typedOf(name, plan.pool[name])}
          autoComplete="off"
          error={wrong(`pool.${name}`)}
        />
      ))}
      {limits.map(([name, label, hint]) => (
        <Field
          key={name}
          id={id(name)}
          name={name}
          label={label}
          hint={hint}
          inputMode="numeric"
          required={name !== 'autoSleepMinutes'}
          defaultValue={plan[name] ?? ''}
          autoComplete="off"
          error={wrong(name)}
        />
      ))}
      <Select
        id={id('bandwidthRule')}
        name="bandwidthRule"
        label="When bandwidth is used"
        defaultValue={plan.bandwidthRule}
        error={wrong('bandwidthRule')}
        options={[
          ['THROTTLE', 'Sites are slowed down'],
          ['STOP', 'Sites stop'],
        ]}
      />
      <Field
        id={id('throttleKb')}
        name="throttleKb"
        label="Slowed down to, KB a second"
        hint="All visitors of an environment together."
        inputMode="decimal"
        required
        defaultValue={plan.throttleBytesPerSecond / 1024}
        autoComplete="off"
        error={wrong('throttleBytesPerSecond')}
      />
      <Field
        id={id('currency')}
        name="currency"
        label="Currency of its prices"
        hint="Three letters, such as EUR."
        maxLength={3}
        defaultValue={(plan.monthlyPrice ?? plan.yearlyPrice)?.currency ?? ''}
        autoComplete="off"
        autoCapitalize="characters"
        error={wrong('monthlyPrice.currency') ?? wrong('yearlyPrice.currency')}
      />
      {prices.map(([name, label]) => (
        <Field
          key={name}
          id={id(name)}
          name={name}
          label={label}
          hint="Empty: not for sale for so long."
          inputMode="decimal"
          defaultValue={plan[name] ? amountOf(plan[name]) : ''}
          autoComplete="off"
          error={wrong(`${name}.amountMinor`)}
        />
      ))}
      <label className="flex items-start gap-2.5 text-sm sm:col-span-2">
        <input
          type="checkbox"
          name="isSelectable"
          defaultChecked={plan.isSelectable}
          className="mt-0.5 size-4 accent-[var(--accent-solid)] coarse:size-6"
        />
        <span>
          <span className="font-medium">May be chosen</span>
          <span className="block text-muted">Otherwise operators alone give it, and only they see it.</span>
        </span>
      </label>
    </SectionForm>
  );
}
