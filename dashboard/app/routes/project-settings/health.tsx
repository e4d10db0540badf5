import { lineOf } from '../../project/command-line.js';
import { Field } from '../../ui/field.js';
import { Select } from '../../ui/select.js';
import { SectionForm } from '../../settings/section-form.js';
import { type SectionProps, wrongIn } from './section.js';
import { Target } from './target.js';

const kinds = [
  ['HTTP', 'A path answers below 400'],
  ['TCP', 'The port accepts connections'],
  ['COMMAND', 'A command in the instance succeeds'],
] as const;

/** When a new instance gets visitors, and when one that has them is replaced. */
export function Health({ project, answer }: SectionProps) {
  const { settings } = project;
  const wrong = wrongIn(answer, 'health');
  return (
    <SectionForm
      id="health"
      title="Health check"
      text="A new release gets visitors once it is healthy; an instance that is no longer is replaced. Takes effect with the next deployment. An empty field has its default."
      intent="health"
      answer={answer}
    >
      <Target project={project} />
      <Select
        name="healthCheckKind"
        label="Healthy is when"
        options={kinds}
        defaultValue={settings.healthCheckKind}
        error={wrong('settings.healthCheckKind')}
      />
      <Field
        name="healthCheckPath"
        label="Path"
        placeholder="/"
        defaultValue={settings.healthCheckPath}
        autoComplete="off"
        hint="Answers with a status below 400 once the app is ready."
        error={wrong('settings.healthCheckPath')}
      />
      <Field
        className="sm:col-span-2"
        name="healthCheckCommand"
        label="Health check command"
        placeholder="node check.js"
        defaultValue={lineOf(settings.healthCheckCommand ?? [])}
        autoComplete="off"
        spellCheck={false}
        hint="Run inside the instance, without a shell; put quotes around what belongs together. It has to end with exit code 0."
        error={wrong('settings.healthCheckCommand')}
      />
      <Field
        name="healthCheckTimeout"
        label="Seconds to become healthy"
        inputMode="decimal"
        placeholder="60"
        defaultValue={settings.healthCheckTimeoutMs / 1_000}
        autoComplete="off"
        error={wrong('settings.healthCheckTimeoutMs')}
      />
      <Field
        name="healthCheckAnswer"
        label="Seconds that one check may take"
        inputMode="decimal"
        placeholder="5"
        defaultValue={settings.healthCheckAnswerMs / 1_000}
        autoComplete="off"
        error={wrong('settings.healthCheckAnswerMs')}
      />
      <Field
        name="healthCheckInterval"
        label="Seconds between checks"
        inputMode="decimal"
        placeholder="10"
        defaultValue={settings.healthCheckIntervalMs / 1_000}
        autoComplete="off"
        hint="Of an instance that has visitors."
        error={wrong('settings.healthCheckIntervalMs')}
      />
      <Field
        name="healthCheckRetries"
        label="Failed checks in a row"
        inputMode="numeric"
        placeholder="3"
        defaultValue={settings.healthCheckRetries}
        autoComplete="off"
        hint="After so many it is replaced."
        error={wrong('settings.healthCheckRetries')}
      />
    </SectionForm>
  );
}
