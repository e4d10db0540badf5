import { useOrganization } from '../../shell/organization-context.js';
import { ButtonLink } from '../../ui/button.js';
import { Notice } from '../../ui/notice.js';
import type { BillingAnswer } from './act.server.js';
import { ShrinkList } from './shrink-list.js';

type Props = { readonly answer: BillingAnswer | undefined; readonly hasPaid: boolean; readonly isSubscribed: boolean };

/** What became of what was asked for last, and what is to shrink where a plan is too small. */
export function Told({ answer, hasPaid, isSubscribed }: Props) {
  const { slug, projects } = useOrganization().organization;
  const lookAgain = <ButtonLink to={`/${slug}/billing`}>Look again</ButtonLink>;
  if (answer && 'saved' in answer) return <Notice tone="info" title={answer.saved} action={lookAgain} />;
  if (answer && 'problem' in answer) {
    const { problem, tooSmall } = answer;
    const slugOf = (projectId: string) => projects.nodes.find(({ id }) => id === projectId)?.slug ?? projectId;
    const [to, label] = places[problem.code] ?? [];
    return (
      <Notice
        title={changesNothing.has(problem.code) ? 'Nothing was changed.' : 'Look at what came of it.'}
        details={problem}
        action={to === undefined ? null : <ButtonLink to={`/${slug}${to}`}>{label}</ButtonLink>}
      >
        {problem.message}
        {tooSmall && <ShrinkList tooSmall={tooSmall} slugOf={slugOf} />}
      </Notice>
    );
  }
  if (!hasPaid) return null;
  if (isSubscribed) return <Notice tone="info" title="The subscription has begun." />;
  return (
    <Notice tone="info" title="Thank you." action={lookAgain}>
      The subscription is shown here within a moment of the payment.
    </Notice>
  );
}

/** Refused before anybody was asked to pay. What else goes wrong may have been done all the same. */
const changesNothing = new Set(['VALIDATION', 'QUOTA_EXCEEDED', 'PLAN_LIMIT', 'PAYMENT_REQUIRED', 'FORBIDDEN']);

/** Where room is made. */
const places: Readonly<Record<string, readonly [to: string, label: string]>> = {
  QUOTA_EXCEEDED: ['/pool', 'Divide the pool'],
  PLAN_LIMIT: ['', 'See the projects'],
};
