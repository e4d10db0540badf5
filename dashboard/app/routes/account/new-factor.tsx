import { problemAt } from '../../api/problem.js';
import { Copy } from '../../ui/copy.js';
import { Field } from '../../ui/field.js';
import type { Shown } from './change.server.js';
import { ChangeForm, useAnswer } from './change.js';
import { RecoveryCodes } from './recovery-codes.js';

/** The secret for the authenticator, for its camera or to be typed, and its first code. */
export function NewFactor({ begun: { otpauthUri = '', matrix, recoveryCodes = [] } }: { readonly begun: Shown }) {
  const secret = new URL(otpauthUri).searchParams.get('secret') ?? '';
  return (
    <>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3 px-4 py-3 lg:px-5">
        <p>
          Read this with your authenticator, or type its key. It counts once the code that is shown then was given here.
        </p>
        {matrix && (
          <svg
            role="img"
            aria-label="QR code for your authenticator"
            viewBox={`0 0 ${matrix.size} ${matrix.size}`}
            className="size-44 rounded-md"
            shapeRendering="crispEdges"
          >
            {/* In every theme: cameras want dark on light. */}
            <rect width="100%" height="100%" fill="white" />
            <path d={matrix.path} fill="black" />
          </svg>
        )}
        <p className="flex items-center gap-2 [overflow-wrap:anywhere]">
          <code className="font-mono text-sm">{secret}</code>
          <Copy label="Copy the key" text={() => secret} />
        </p>
        <p>
          <a href={otpauthUri} className="font-medium text-accent hover:underline">
            Open an authenticator of this device
          </a>
        </p>
      </div>
      <RecoveryCodes codes={recoveryCodes} />
      <ChangeForm intent="confirm" refused="It is still off." button="Confirm" busy="Confirming" kind="primary">
        <Field
          name="code"
          label="Code of the authenticator"
          inputMode="numeric"
          autoComplete="one-time-code"
          required
          maxLength={10}
          error={problemAt(useAnswer('confirm').problem, 'code')}
        />
      </ChangeForm>
    </>
  );
}
