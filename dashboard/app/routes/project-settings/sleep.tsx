import { Field } from '../../ui/field.js';
import { SectionForm } from '../../settings/section-form.js';
import { KeepAwakeFields, type WithKeepAwake } from './keep-awake.js';
import { type SectionProps, wrongIn } from './section.js';
import { Target } from './target.js';

export function Sleep({ project, keepAwake, answer }: SectionProps & WithKeepAwake) {
  const { settings, sleepsAfterMinutes } = project;
  const now = sleepsAfterMinutes === null ? 'It stays awake.' : `${sleepsAfterMinutes} minutes count now.`;
  return (
    <SectionForm
      id="sleep"
      title="Auto-sleep"
      text="How long a project may be without visitors before it goes to sleep. The next visitor waits a moment and wakes it."
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
      <Field
        name="deepSleepMinutes"
        label="Minutes of light sleep"
        inputMode="numeric"
        required
        defaultValue={settings.deepSleepMinutes}
        autoComplete="off"
        hint="In light sleep it keeps its memory and wakes in a blink. Then its memory is given back, and waking starts it again. 0: at once."
        error={wrongIn(answer, 'sleep')('settings.deepSleepMinutes')}
      />
      <KeepAwakeFields keepAwake={keepAwake} answer={answer} />
    </SectionForm>
  );
}
