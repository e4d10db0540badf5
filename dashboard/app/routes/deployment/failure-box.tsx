import type { Deployment } from '@apployd/sdk';
import { Rocket } from 'lucide-react';
import { plain } from '../../log/ansi.js';
import { levelOf } from '../../log/log-row.js';
import type { LogEnd } from '../../log/use-log.js';
import { Act } from '../../project/act.js';
import { Panel } from '../../ui/panel.js';
import { Status } from '../../ui/status.js';

type Props = { readonly deployment: Deployment; readonly environmentId: string; readonly log: LogEnd };

const mostLines = 6;

const places: Readonly<Record<string, string>> = {
  QUEUE: 'in the queue',
  FETCH: 'while the source was fetched',
  BUILD: 'in the build',
  START: 'while it started',
  HEALTH_CHECK: 'in the health check',
  SWITCH: 'while traffic was switched',
};

/** What went wrong, the evidence, and one thing to do. */
export function FailureBox({ deployment, environmentId, log }: Props) {
  const { failure, source } = deployment;
  if (!failure) return null;
  return (
    <Panel className="mt-4 px-4 py-4 lg:px-5">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0 flex-1">
          <h2 className="flex items-center gap-2 font-semibold">
            <Status state="FAILED" variant="icon" />
            Failed {places[failure.stage] ?? `at ${failure.stage.toLowerCase()}`}
          </h2>
          <p className="mt-1 max-w-[80ch] text-muted">{failure.message}</p>
        </div>
        <Act
          intent="deploy"
          icon={Rocket}
          kind="primary"
          environmentId={environmentId}
          gitRef={source.__typename === 'GitSource' ? source.ref : null}
        >
          Try again
        </Act>
      </div>
      <Evidence log={log} />
      <p className="mt-3 text-xs text-subtle">
        {failure.userFixable
          ? 'The code, its settings or its repository must change.'
          : 'Nothing in your code caused this.'}{' '}
        Code <span className="font-mono">{failure.code}</span>
        {failure.exitCode !== null && (
          <>
            , exit code <span className="num">{failure.exitCode}</span>
          </>
        )}
      </p>
    </Panel>
  );
}

/** The lines that say most about it: the last errors, or else the last lines. */
function Evidence({ log }: { readonly log: LogEnd }) {
  const errors = log.nodes.filter(({ message }) => levelOf(message) === 'error');
  const lines = (errors.length > 0 ? errors : log.nodes).slice(-mostLines);
  if (lines.length === 0) return null;
  return (
    <pre
      className="mt-3 overflow-x-auto rounded-md border border-line bg-log px-3 py-2 font-mono text-xs leading-[18px] text-log-fg"
      tabIndex={0}
      aria-label="Last lines of the log"
    >
      {lines.map(({ message }) => plain(message)).join('\n')}
    </pre>
  );
}
