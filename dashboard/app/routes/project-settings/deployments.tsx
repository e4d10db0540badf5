import { SectionForm } from './section-form.js';
import type { SectionProps } from './section.js';
import { Target } from './target.js';

export function Deployments({ project, answer }: SectionProps) {
  return (
    <SectionForm
      id="deployments"
      title="Deployments"
      text="What a new deployment means for older ones that are not live yet."
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
    </SectionForm>
  );
}
