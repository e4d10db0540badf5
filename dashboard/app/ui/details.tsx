import { Copy } from './copy.js';

export type DetailsOf = { readonly code: string; readonly requestId: string | null };

/** What support asks for, out of the way until it is wanted. */
export const Details = ({ code, requestId }: DetailsOf) => (
  <details className="mt-1.5 text-sm text-muted">
    <summary className="w-fit cursor-pointer font-medium coarse:flex coarse:min-h-11 coarse:items-center">
      Details
    </summary>
    <p className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 [overflow-wrap:anywhere]">
      <span>
        Code <code className="font-mono text-xs">{code}</code>
      </span>
      {requestId && (
        <span>
          Request <code className="font-mono text-xs">{requestId}</code>
        </span>
      )}
      <Copy label="Copy details" text={() => `code ${code}${requestId ? `, request ${requestId}` : ''}`} />
    </p>
  </details>
);
