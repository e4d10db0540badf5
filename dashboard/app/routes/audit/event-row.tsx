import type { AuditEvent } from '@apployd/sdk';
import { actorName } from '../../people/actor-name.js';
import { Time } from '../../ui/time.js';

export const EventRow = ({ event }: { readonly event: AuditEvent }) => (
  <li className="px-4 py-2.5 lg:px-5">
    <div className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5">
      <span className="font-medium">{actorName(event.actor)}</span>
      <span className="font-mono text-xs">{event.action}</span>
      {event.refusal && <span className="text-xs font-medium text-bad">refused: {event.refusal}</span>}
      <span className="min-w-0 truncate font-mono text-xs text-muted">{event.targetId}</span>
      <span className="text-sm text-subtle lg:ml-auto">
        <Time at={event.at} />
        {event.ip && ` from ${event.ip}`}
      </span>
    </div>
    {event.changes && (
      <details className="mt-1 text-sm text-muted">
        <summary className="w-fit cursor-pointer coarse:min-h-11 coarse:py-3">What changed</summary>
        <pre className="mt-1 rounded-md bg-raised p-2.5 font-mono text-xs [overflow-wrap:anywhere] whitespace-pre-wrap">
          {JSON.stringify(event.changes, null, 2)}
        </pre>
      </details>
    )}
  </li>
);
