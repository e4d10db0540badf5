import { Field } from '../../ui/field.js';
import { SectionForm } from '../../settings/section-form.js';
import { type SectionProps, wrongIn } from './section.js';
import { Target } from './target.js';

export function Sleep({ project, answer }: SectionProps) {
  const { settings, sleepsAfterMinutes } = project;
  const now = sleepsAfterMinutes === null ? 'It stays awake.' : `${sleepsAfterMinutes} minutes count now.`;
  return (
    <SectionForm
      id="sleep"
      title="Auto-sleep"
      text="How long a project may be without visitors before it goes to sleep. Nothing is put to sleep yet: what you choose holds once it is."
      intent="sleep"
      answer={answer}
    >
      <Target project={project} />
      <Field
        name="autoSleepMinutes"
        label="Minutes without visitors"
        inputMode="numeric"
        placeholder="Never"
        defaultValue={settings.autoSleepMinutes ?? ''}
        autoComplete="off"
        hint={`Empty: never, where the plan allows it. ${now}`}
        error={wrongIn(answer, 'sleep')('settings.autoSleepMinutes')}
      />
    </SectionForm>
  );
}
