import { SectionForm } from '../../settings/section-form.js';
import { Field } from '../../ui/field.js';
import { type SectionProps, wrongIn } from './section.js';
import { Target } from './target.js';

export function Deployments({ project, answer }: SectionProps) {
  return (
    <SectionForm
      id="deployments"
      title="Deployments"
      text="What becomes of older deployments when a new one comes."
      intent="deployments"
      answer={answer}
    >
      <Target project={project} />
      <label className="flex items-start gap-2.5 text-sm sm:col-span-2">
        <input
          type="checkbox"
          name="supersede"
          defaultChecked={project.settings.supersede}
          className="mt-0.5 size-4 shrink-0 accent-[var(--accent-solid)] coarse:size-6"
        />
        <span>
          <span className="font-medium">A newer deployment takes the place of older ones</span>
          <span className="block text-muted">
            Those that wait or are built end as superseded. Without it each goes live, one after the other.
          </span>
        </span>
      </label>
      <Field
        name="keepReleases"
        label="Releases to keep"
        inputMode="numeric"
        placeholder="10"
        defaultValue={project.settings.keepReleases}
        autoComplete="off"
        hint="Of each environment, the live one among them: what you can roll back to."
        error={wrongIn(answer, 'deployments')('settings.keepReleases')}
      />
    </SectionForm>
  );
}
