import { type Answer, wrongIn } from '../../settings/answer.js';
import { SectionForm } from '../../settings/section-form.js';
import type { Organization } from '../../shell/organization-context.js';
import { Field } from '../../ui/field.js';

type Props = { readonly organization: Organization; readonly answer: Answer | undefined };

export function Name({ organization: { id, version, name, slug }, answer }: Props) {
  const wrong = wrongIn(answer, 'name');
  return (
    <SectionForm id="identity" title="Name and address" intent="name" answer={answer}>
      <input type="hidden" name="organizationId" value={id} />
      <input type="hidden" name="version" value={version} />
      <input type="hidden" name="slugNow" value={slug} />
      <Field
        name="name"
        label="Name"
        required
        maxLength={100}
        defaultValue={name}
        autoComplete="off"
        error={wrong('name')}
      />
      <Field
        name="slug"
        label="Address"
        required
        defaultValue={slug}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        hint="Of its pages here, and in the host names of projects to come. Those that were given out stay."
        error={wrong('slug')}
      />
    </SectionForm>
  );
}
