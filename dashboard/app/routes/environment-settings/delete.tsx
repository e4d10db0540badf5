import { SectionForm } from '../../settings/section-form.js';
import { Field } from '../../ui/field.js';
import { type SectionProps, wrongIn } from '../project-settings/section.js';
import { Target } from '../project-settings/target.js';

export const DeleteEnvironment = ({ project, answer }: SectionProps) => (
  <SectionForm
    id="delete"
    title="Delete the environment"
    text="It stops at once, and the others share its part of the slice. For 72 hours it can be restored with what ran before; then it is erased with its logs, releases, variables and volumes."
    intent="delete-environment"
    answer={answer}
    danger="Delete environment"
  >
    <Target project={project} />
    <Field
      name="confirmSlug"
      label={`Type ${project.environment.slug} to confirm`}
      required
      autoComplete="off"
      autoCapitalize="none"
      spellCheck={false}
      error={wrongIn(answer, 'delete-environment')('confirmSlug')}
    />
  </SectionForm>
);
