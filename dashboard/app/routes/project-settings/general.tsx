import { Field } from '../../ui/field.js';
import { SectionForm } from '../../settings/section-form.js';
import { type SectionProps, wrongIn } from './section.js';
import { Target } from './target.js';

export function General({ project, answer }: SectionProps) {
  const wrong = wrongIn(answer, 'general');
  return (
    <SectionForm id="general" title="Project" intent="general" answer={answer}>
      <Target project={project} />
      <Field name="name" label="Name" required defaultValue={project.name} autoComplete="off" error={wrong('name')} />
      <Field
        name="defaultBranch"
        label="Branch"
        placeholder="What the repository says"
        defaultValue={project.repository?.defaultBranch ?? ''}
        autoComplete="off"
        error={wrong('defaultBranch')}
      />
      <Field
        className="sm:col-span-2"
        name="repositoryUrl"
        label="Repository"
        placeholder="None: it is deployed from uploads"
        defaultValue={project.repository?.url ?? ''}
        autoComplete="off"
        spellCheck={false}
        hint="An https or ssh clone address without a password."
        error={wrong('repositoryUrl')}
      />
    </SectionForm>
  );
}
