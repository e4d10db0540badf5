import type { LoaderFunctionArgs } from '@remix-run/node';
import { type MetaFunction, useLoaderData, useSearchParams } from '@remix-run/react';
import { AuditLogDocument } from '@apployd/sdk/documents';
import { signedIn } from '../../api/api.server.js';
import { isAdmin } from '../../people/roles.js';
import { FailureInPlace } from '../../shell/failure.js';
import type { PageHandle } from '../../shell/here.js';
import { ButtonLink } from '../../ui/button.js';
import { Notice } from '../../ui/notice.js';
import { Panel } from '../../ui/panel.js';
import { EventRow } from './event-row.js';
import { Filter, filterIn } from './filter.js';

export const handle: PageHandle = { section: 'audit', crumbs: () => [{ label: 'Audit log' }] };

export const meta: MetaFunction = ({ params }) => [{ title: `Audit log · ${params.org} · Apployd` }];

const first = 50;

export const loader = (call: LoaderFunctionArgs) =>
  signedIn(call, async ({ apployd, ask }) => {
    const { id: organizationId, viewerRole } = await apployd.organizations.get({ slug: call.params.org ?? '' });
    if (!isAdmin(viewerRole)) return null;
    const params = new URL(call.request.url).searchParams;
    const filter = filterIn(params);
    const { data } = await ask(AuditLogDocument, { organizationId, filter, first, after: params.get('after') });
    return {
      page: data.organization?.auditLog ?? null,
      members: await apployd.members.list(organizationId),
      exportUrl: await apployd.audit.exportUrl({ organizationId, filter }),
    };
  });

/** Who has changed what, when and from where. */
export default function Audit() {
  const loaded = useLoaderData<typeof loader>();
  const [params] = useSearchParams();
  const chosen = new URLSearchParams([...params].filter(([name, value]) => name !== 'after' && value !== ''));
  return (
    <>
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2">
        <div>
          <h1 className="text-xl font-semibold tracking-tight">Audit log</h1>
          <p className="mt-0.5 max-w-[66ch] text-muted">
            Every change, with who made it and what it was before, and every attempt that was refused. Nobody can edit
            it.
          </p>
        </div>
        {loaded && (
          <a
            href={loaded.exportUrl}
            download
            className="inline-flex min-h-8 items-center font-medium text-accent hover:underline coarse:min-h-11"
          >
            Export as NDJSON
          </a>
        )}
      </div>
      {loaded ? (
        <>
          <Filter params={chosen} members={loaded.members} />
          <Events page={loaded.page} chosen={chosen} isLater={params.has('after')} />
        </>
      ) : (
        <Notice tone="info" className="mt-5" title="The audit log is for admins.">
          Ask an owner of the organization for the role.
        </Notice>
      )}
    </>
  );
}

type Shown = NonNullable<ReturnType<typeof useLoaderData<typeof loader>>>['page'];
type EventsProps = { readonly page: Shown; readonly chosen: URLSearchParams; readonly isLater: boolean };

function Events({ page, chosen, isLater }: EventsProps) {
  const { nodes = [], pageInfo } = page ?? {};
  const older = new URLSearchParams([...chosen, ['after', pageInfo?.endCursor ?? '']]);
  return (
    <>
      <Panel className="mt-4">
        {nodes.length === 0 && <p className="px-4 py-6 text-muted lg:px-5">Nothing of this kind has happened.</p>}
        <ul aria-label="Changes" className="divide-y divide-line">
          {nodes.map((event) => (
            <EventRow key={event.id} event={event} />
          ))}
        </ul>
      </Panel>
      <div className="mt-4 flex justify-center gap-2">
        {isLater && <ButtonLink to={`?${chosen}`}>Newest</ButtonLink>}
        {pageInfo?.hasNextPage && <ButtonLink to={`?${older}`}>Older</ButtonLink>}
      </div>
    </>
  );
}

export const ErrorBoundary = FailureInPlace;
