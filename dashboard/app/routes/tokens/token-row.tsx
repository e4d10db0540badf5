import type { ApiToken } from '@apployd/sdk';
import { Confirmed } from '../../ui/confirmed.js';
import { Time } from '../../ui/time.js';
import { scopeText } from './scopes.js';

type Props = {
  readonly token: ApiToken;
  /** Of the project that is all it reaches. */ readonly project: string | null;
};

export const TokenRow = ({ token, project }: Props) => (
  <li className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5 lg:px-5">
    <div className="min-w-0 flex-1 basis-64">
      <p className="truncate">
        <span className="font-medium">{token.name}</span>{' '}
        <span className="font-mono text-xs text-muted">{token.prefix}…</span>
      </p>
      <p className="text-sm text-muted">
        {token.scopes.map(scopeText).join('; ')}
        {project && `; ${project} alone`}
      </p>
      <p className="text-sm text-subtle">
        {token.createdBy && token.createdBy.__typename !== 'SystemActor' && `By ${token.createdBy.name}. `}
        {token.lastUsedAt ? (
          <>
            Used <Time at={token.lastUsedAt} />.{' '}
          </>
        ) : (
          'Never used. '
        )}
        {token.expiresAt ? (
          <>
            Expires <Time at={token.expiresAt} />.
          </>
        ) : (
          'Never expires.'
        )}
      </p>
    </div>
    <Confirmed
      label="Revoke"
      about={token.name}
      title={`Revoke ${token.name}?`}
      text="It opens nothing any more, within 5 seconds, and neither do the tokens that were made with it."
      fields={{ intent: 'revoke', tokenId: token.id }}
    />
  </li>
);
