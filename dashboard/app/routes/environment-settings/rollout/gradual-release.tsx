import type { EnvironmentRollout } from '@apployd/sdk';
import type { Answer } from '../../../settings/answer.js';
import { SectionForm } from '../../../settings/section-form.js';
import { Field } from '../../../ui/field.js';
import { LinesField } from '../edge/lines-field.js';
import { Switch } from '../edge/switch.js';
import { stepLines } from './step-lines.js';

type Props = {
  readonly shown: EnvironmentRollout;
  readonly hasVolumes: boolean;
  readonly answer: Answer | undefined;
};

/** How new releases come to their visitors. */
export function GradualRelease({ shown: { id, rollout, rolloutVersion }, hasVolumes, answer }: Props) {
  const fields = answer?.intent === 'rollout' && 'problem' in answer ? answer.problem.fields : {};
  const wrongSteps = Object.entries(fields).find(([name]) => name.startsWith('rollout.steps'))?.[1];
  return (
    <SectionForm
      id="rollout"
      title="Gradual release"
      text={
        hasVolumes ? oneAtATime : 'A new release has its visitors step by step, beside the one that is live meanwhile.'
      }
      intent="rollout"
      answer={answer}
    >
      <input type="hidden" name="environmentId" value={id} />
      <input type="hidden" name="rolloutVersion" value={rolloutVersion} />
      <Switch name="enabled" title="Release step by step" isOn={rollout.enabled}>
        Rollbacks and promotions from another environment go at once all the same.
      </Switch>
      <LinesField
        name="steps"
        label="Steps"
        lines={stepLines(rollout.steps)}
        placeholder="5 % for 10 minutes"
        hint="A line each, up to ten. Each has more of the visitors than the one before; after the last all of them come."
        wrong={wrongSteps}
      />
      <Field
        name="maxErrorRateIncrease"
        label="More errors than before, in percentage points"
        hint="Above it the new release is taken back."
        inputMode="decimal"
        defaultValue={rollout.maxErrorRateIncrease}
        error={fields['rollout.maxErrorRateIncrease']}
      />
      <Field
        name="maxP95Factor"
        label="Slower than before, as a factor of the p95"
        hint="Above it the new release is taken back."
        inputMode="decimal"
        defaultValue={rollout.maxP95Factor}
        error={fields['rollout.maxP95Factor']}
      />
      <Field
        name="minRequests"
        label="Requests before anything is judged"
        hint="Of each of the two releases."
        inputMode="numeric"
        defaultValue={rollout.minRequests}
        error={fields['rollout.minRequests']}
      />
    </SectionForm>
  );
}

const oneAtATime =
  'This environment has a volume, which one release at a time may use: whatever is set here, all visitors come at once.';
