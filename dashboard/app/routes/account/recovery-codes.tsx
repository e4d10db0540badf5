import { Copy } from '../../ui/copy.js';

/** Each signs in once in place of a code. They are shown here and never again. */
export const RecoveryCodes = ({ codes }: { readonly codes: readonly string[] }) => (
  <div className="px-4 py-3 lg:px-5">
    <p className="flex items-center gap-2 font-medium">
      Recovery codes <Copy label="Copy the recovery codes" text={() => codes.join('\n')} />
    </p>
    <p className="mt-0.5 text-sm text-muted">
      Keep them where you find them without your authenticator: each signs in once. They are not shown again.
    </p>
    <ul aria-label="Recovery codes" className="mt-2 grid grid-cols-[repeat(auto-fill,minmax(11rem,1fr))] gap-1">
      {codes.map((code) => (
        <li key={code} className="font-mono text-sm">
          {code}
        </li>
      ))}
    </ul>
  </div>
);
