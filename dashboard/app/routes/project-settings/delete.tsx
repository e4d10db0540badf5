import { Field } from '../../ui/field.js';
import { SectionForm } from '../../settings/section-form.js';
import { type SectionProps, wrongIn } from './section.js';
import { Target } from './target.js';

export const Delete = ({ project, answer }: SectionProps) => (
  <SectionForm
    id="delete"
    title="Delete the project"
    text="It stops at once, and its slice is free for others. For 72 hours it can be restored with what ran before; then it is erased with its logs, releases, variables and volumes."
    intent="delete"
    answer={answer}
    danger="Delete project"
  >
    <Target project={project} />
    <Field
      name="confirmSlug"
      label={`Type ${project.slug} to confirm`}
      required
      autoComplete="off"
      autoCapitalize="none"
      spellCheck={false}
      error={wrongIn(answer, 'delete')('confirmSlug')}
    />
  </SectionForm>
);
