import type { Member } from '@apployd/sdk';
import { Link } from '@remix-run/react';
import { roleName } from '../../people/roles.js';
import { type Answer, wrongIn } from '../../settings/answer.js';
import { SectionForm } from '../../settings/section-form.js';
import type { Organization } from '../../shell/organization-context.js';
import { Notice } from '../../ui/notice.js';
import { Panel } from '../../ui/panel.js';
import { Select } from '../../ui/select.js';

type Props = {
  readonly organization: Organization;
  readonly others: readonly Member[];
  readonly answer: Answer | undefined;
};

const text = 'Somebody else becomes its owner, and you become an admin.';

export function Transfer({ organization: { id, slug }, others, answer }: Props) {
  if (others.length === 0) return <NobodyElse slug={slug} />;
  const options = others.map(({ user, role }) => [user.id, `${user.name} (${roleName(role)})`] as const);
  return (
    <SectionForm
      id="transfer"
      title="Transfer the organization"
      text={text}
      intent="transfer"
      answer={answer}
      danger="Transfer"
    >
      <input type="hidden" name="organizationId" value={id} />
      <Select
        name="userId"
        label="New owner"
        defaultValue=""
        options={[['', 'Choose a member'], ...options]}
        error={wrongIn(answer, 'transfer')('userId')}
      />
    </SectionForm>
  );
}

/** Said in the form's place: whoever has given the organization away has no such form any more. */
export const Transferred = ({ answer }: Pick<Props, 'answer'>) =>
  answer?.intent === 'transfer' && 'saved' in answer ? (
    <Notice tone="info" title="The organization has another owner.">
      {answer.saved}
    </Notice>
  ) : null;

const NobodyElse = ({ slug }: { readonly slug: string }) => (
  <Panel className="p-4 lg:p-5">
    <h2 id="transfer" className="scroll-mt-16 font-semibold">
      Transfer the organization
    </h2>
    <p className="mt-0.5 text-sm text-muted">
      {text} There is nobody else yet:{' '}
      <Link to={`/${slug}/members`} className="font-medium text-accent hover:underline">
        invite somebody
      </Link>{' '}
      first.
    </p>
  </Panel>
);
