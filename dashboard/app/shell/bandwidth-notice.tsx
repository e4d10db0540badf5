import { ButtonLink } from '../ui/button.js';
import { Notice } from '../ui/notice.js';
import { bandwidthUsed } from './bandwidth-used.js';
import { useOrganization } from './organization-context.js';

/** On every page of an organization that has used much of its bandwidth this month. */
export function BandwidthNotice() {
  const { organization } = useOrganization();
  const used = bandwidthUsed(organization.usage);
  if (!used) return null;
  return (
    <Notice
      tone="warn"
      className="mb-5"
      title={used}
      action={<ButtonLink to={`/${organization.slug}/pool?resource=bandwidth`}>Who sent how much</ButtonLink>}
    >
      The next month begins on {organization.usage.periodEnd.slice(0, 10)} in UTC, with nothing used.
    </Notice>
  );
}
