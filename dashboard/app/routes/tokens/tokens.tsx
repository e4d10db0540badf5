import type { ActionFunctionArgs, LoaderFunctionArgs } from '@remix-run/node';
import { type MetaFunction, useActionData, useLoaderData } from '@remix-run/react';
import { signedIn } from '../../api/api.server.js';
import { NotChanged } from '../../people/refusal.js';
import { FailureInPlace } from '../../shell/failure.js';
import type { PageHandle } from '../../shell/here.js';
import { useOrganization } from '../../shell/organization-context.js';
import { Copy } from '../../ui/copy.js';
import { Notice } from '../../ui/notice.js';
import { Panel } from '../../ui/panel.js';
import { actOnTokens } from './act.server.js';
import { CreateToken } from './create.js';
import { TokenRow } from './token-row.js';

export const handle: PageHandle = { section: 'tokens', crumbs: () => [{ label: 'Tokens' }] };

export const meta: MetaFunction = ({ params }) => [{ title: `Tokens · ${params.org} · Apployd` }];

/** As many as may be live in an organization. */
const most = 100;

export const loader = (call: LoaderFunctionArgs) =>
  signedIn(call, async ({ apployd }) => {
    const { id: organizationId } = await apployd.organizations.get({ slug: call.params.org ?? '' });
    return { tokens: await apployd.tokens.list({ organizationId }).toArray({ limit: most }) };
  });

export const action = (call: ActionFunctionArgs) => actOnTokens(call);

/** Ways in for programs. */
export default function Tokens() {
  const { organization } = useOrganization();
  const { tokens } = useLoaderData<typeof loader>();
  const answer = useActionData<typeof action>();
  const slugOf = (projectId: string | null) =>
    organization.projects.nodes.find(({ id }) => id === projectId)?.slug ?? null;
  const mayMake = organization.viewerScopes.includes('TOKEN_WRITE') && organization.viewerRole !== 'VIEWER';
  const made = answer && !answer.problem ? answer.made : null;
  return (
    <>
      <h1 className="text-xl font-semibold tracking-tight">Tokens</h1>
      <p className="mt-0.5 max-w-[66ch] text-muted">
        Programs come in with a token: send it as <code className="font-mono text-xs">Authorization: Bearer</code>.
      </p>
      <NotChanged problem={answer?.problem} />
      {made && <Made key={made.secret} {...made} />}
      <Panel className="mt-5">
        {tokens.length === 0 && <p className="px-4 py-6 text-muted lg:px-5">Tokens that are live will be here.</p>}
        <ul aria-label="Tokens" className="divide-y divide-line">
          {tokens.map((token) => (
            <TokenRow key={token.id} token={token} project={slugOf(token.projectId)} />
          ))}
        </ul>
      </Panel>
      {mayMake && (
        <CreateToken
          key={made?.secret ?? 'new'}
          organization={organization}
          problem={answer?.problem && answer.intent === 'create' ? answer.problem : null}
        />
      )}
    </>
  );
}

const Made = ({ name, secret }: { readonly name: string; readonly secret: string }) => (
  <Notice
    tone="info"
    className="mt-4"
    title={`${name} is made.`}
    action={<Copy label="Copy the token" text={() => secret} />}
  >
    Keep it now: it is shown this once. <code className="font-mono text-xs text-fg">{secret}</code>
  </Notice>
);

export const ErrorBoundary = FailureInPlace;
