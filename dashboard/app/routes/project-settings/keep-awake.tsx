import type { KeepAwake } from '@apployd/sdk';
import { cx } from '../../ui/cx.js';
import { Field, FieldError, inputClasses } from '../../ui/field.js';
import { linesOf } from './keep-awake-lines.js';
import { type SectionProps, wrongIn } from './section.js';

export type WithKeepAwake = { readonly keepAwake: KeepAwake | null };

/** The hours in which a project stays awake: a span on each line, and whose clock they are told by. */
export function KeepAwakeFields({ keepAwake, answer }: Pick<SectionProps, 'answer'> & WithKeepAwake) {
  const wrong = wrongSpan(answer);
  return (
    <>
      <div className="min-w-0">
        <label htmlFor="keep-awake-spans" className="block text-sm font-medium">
          Awake at these hours
        </label>
        <textarea
          id="keep-awake-spans"
          name="keepAwakeSpans"
          rows={3}
          spellCheck={false}
          placeholder={'Mon-Fri 08:00-18:00\nSat 10:00-14:00'}
          defaultValue={linesOf(keepAwake?.spans ?? [])}
          aria-invalid={wrong ? true : undefined}
          aria-describedby={wrong ? 'keep-awake-error keep-awake-hint' : 'keep-awake-hint'}
          className={cx(inputClasses, 'mt-1.5 h-auto min-h-20 py-2 font-mono', wrong && 'border-bad-fill')}
        />
        <p id="keep-awake-hint" className="mt-1.5 text-xs text-subtle">
          Days and hours, a span on each line. It is woken when they begin, and goes to sleep by itself after them.
          Empty: none. The plan has to let projects stay awake.
        </p>
        <FieldError id="keep-awake-error">{wrong}</FieldError>
      </div>
      <Field
        name="keepAwakeZone"
        label="By the clock of"
        placeholder="Europe/Berlin"
        defaultValue={keepAwake?.timeZone ?? ''}
        autoComplete="off"
        hint="A time zone of the IANA database. Empty: UTC."
        error={wrongIn(answer, 'sleep')('settings.keepAwake.timeZone')}
      />
    </>
  );
}

/** The first that is wrong. */
function wrongSpan(answer: SectionProps['answer']): string | undefined {
  if (answer?.intent !== 'sleep' || !('problem' in answer)) return undefined;
  const isSpan = (name: string) => name === 'settings.keepAwake' || name.startsWith('settings.keepAwake.spans');
  return Object.entries(answer.problem.fields).find(([name]) => isSpan(name))?.[1];
}
