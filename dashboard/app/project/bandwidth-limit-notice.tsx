import type { Project } from '@apployd/sdk';
import { useOrganization } from '../shell/organization-context.js';
import { ButtonLink } from '../ui/button.js';
import { Notice } from '../ui/notice.js';
import { bandwidthLimitWords } from './bandwidth-limit-words.js';

/** Over the pages of a project that has used its bandwidth: what that means, and where it is given more. */
export function BandwidthLimitNotice({ limit }: { readonly limit: NonNullable<Project['bandwidthLimit']> }) {
  const { organization } = useOrganization();
  const { title, text } = bandwidthLimitWords(limit);
  return (
    <Notice
      tone={limit.rule === 'STOP' ? 'bad' : 'warn'}
      className="mt-4"
      title={title}
      action={<ButtonLink to={`/${organization.slug}/pool?resource=bandwidth`}>Divide the bandwidth</ButtonLink>}
    >
      {text}
    </Notice>
  );
}
