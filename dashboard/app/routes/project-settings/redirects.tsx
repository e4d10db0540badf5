import { SectionForm } from '../../settings/section-form.js';
import { cx } from '../../ui/cx.js';
import { FieldError, inputClasses } from '../../ui/field.js';
import { linesOf } from './redirect-lines.js';
import type { SectionProps } from './section.js';
import { Target } from './target.js';

export function Redirects({ project, answer }: SectionProps) {
  const { redirects } = project.settings;
  const wrong = wrongLine(answer);
  return (
    <SectionForm
      id="redirects"
      title="Redirects"
      text="Visitors of these paths are sent elsewhere before any instance is asked. What you save is in force at once, in every environment."
      intent="redirects"
      answer={answer}
    >
      <Target project={project} />
      <div className="min-w-0 sm:col-span-2">
        <label htmlFor="redirects-lines" className="block text-sm font-medium">
          One a line: from, to
        </label>
        <textarea
          id="redirects-lines"
          name="redirects"
          rows={Math.min(12, Math.max(3, redirects.length + 1))}
          spellCheck={false}
          wrap="off"
          placeholder={'/old /new\n/blog/* https://blog.example.com/* permanent'}
          defaultValue={linesOf(redirects)}
          aria-invalid={wrong ? true : undefined}
          aria-describedby={wrong ? 'redirects-error redirects-hint' : 'redirects-hint'}
          className={cx(inputClasses, 'mt-1.5 h-auto min-h-28 py-2 font-mono', wrong && 'border-bad-fill')}
        />
        <p id="redirects-hint" className="mt-1.5 text-xs text-subtle">
          <code>/blog/*</code> stands for all paths below, and what stood for the asterisk follows where the other side
          ends with one. With <code>permanent</code> behind it browsers keep a redirect.
        </p>
        <FieldError id="redirects-error">{wrong}</FieldError>
      </div>
    </SectionForm>
  );
}

/** The first that is wrong, with its line. */
function wrongLine(answer: SectionProps['answer']): string | undefined {
  if (answer?.intent !== 'redirects' || !('problem' in answer)) return undefined;
  const [path, message] =
    Object.entries(answer.problem.fields).find(([name]) => name.startsWith('settings.redirects')) ?? [];
  const line = /^settings\.redirects\.(\d+)/.exec(path ?? '')?.[1];
  return line === undefined ? message : `Redirect ${Number(line) + 1}: ${message}`;
}
