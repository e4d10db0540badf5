import { useOrganization } from '../../shell/organization-context.js';
import { ButtonLink } from '../../ui/button.js';
import { Notice } from '../../ui/notice.js';

/** In place of what is for sale, where nothing is or for whom it is not: who gives plans. */
export function WhoGives({ maySee }: { readonly maySee: boolean }) {
  const { organization, isOperator } = useOrganization();
  if (!maySee)
    return (
      <Notice
        tone="info"
        title="Its owners, and members with the role Billing, see to the plan."
        action={<ButtonLink to={`/${organization.slug}/members`}>Who they are</ButtonLink>}
      />
    );
  return (
    <Notice
      tone="info"
      title="Plans are given by whoever runs this platform."
      action={isOperator ? <ButtonLink to="/platform">Give another one</ButtonLink> : null}
    >
      {isOperator ? 'That is you. Nothing is paid for here.' : 'Ask them for another one. Nothing is paid for here.'}
    </Notice>
  );
}
