import type { AuditEvent } from '@apployd/sdk';
import { useSearchParams } from '@remix-run/react';
import { ButtonLink } from '../../ui/button.js';
import { Panel } from '../../ui/panel.js';
import { EventRow } from '../audit/event-row.js';

type Page = {
  readonly nodes: readonly AuditEvent[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null };
};

/** What operators have done, and what others were refused to. */
export function Log({ page }: { readonly page: Page }) {
  const [params] = useSearchParams();
  const older = new URLSearchParams({ before: page.pageInfo.endCursor ?? '' });
  return (
    <Panel>
      <h2 id="log" className="scroll-mt-16 px-4 pt-4 font-semibold lg:px-5">
        Log
      </h2>
      <p className="mt-0.5 px-4 text-sm text-muted lg:px-5">What operators have done. Nobody can edit it.</p>
      {page.nodes.length === 0 && <p className="px-4 py-4 text-muted lg:px-5">Nothing yet.</p>}
      <ul aria-label="Log" className="mt-2 divide-y divide-line">
        {page.nodes.map((event) => (
          <EventRow key={event.id} event={event} />
        ))}
      </ul>
      {(page.pageInfo.hasNextPage || params.has('before')) && (
        <div className="flex justify-center gap-2 border-t border-line p-3">
          {params.has('before') && <ButtonLink to="?#log">Newest</ButtonLink>}
          {page.pageInfo.hasNextPage && <ButtonLink to={`?${older}#log`}>Older</ButtonLink>}
        </div>
      )}
    </Panel>
  );
}
