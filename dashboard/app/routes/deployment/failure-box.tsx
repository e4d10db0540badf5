import type { Deployment } from '@apployd/sdk';
import { Rocket } from 'lucide-react';
import { guess } from '../../deployment/guess.js';
import { plain } from '../../log/ansi.js';
import { levelOf } from '../../log/level.js';
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
  RELEASE: 'in the release command',
  START: 'while it started',
  HEALTH_CHECK: 'in the health check',
  SWITCH: 'while traffic was switched',
};

/** What went wrong, the evidence, and one thing to do. */
export function FailureBox({ deployment, environmentId, log }: Props) {
  const { failure, source } = deployment;
  if (!failure) return null;
  const lines = evidenceOf(log);
  return (
    <Panel className="mt-4 px-4 py-4 lg:px-5">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div className="min-w-0 flex-1 basis-60">
          <h2 className="flex items-center gap-2 font-semibold">
            <Status state="FAILED" variant="icon" />
            Failed {places[failure.stage] ?? `at ${failure.stage.toLowerCase()}`}
          </h2>
          <p className="mt-1 max-w-[80ch] text-muted">{failure.message}</p>
          <Cause failure={failure} lines={lines} />
        </div>
        <Act
          intent="deploy"
          icon={Rocket}
          kind="primary"
          environmentId={environmentId}
          gitRef={source.__typename === 'GitSource' ? source.ref : null}
        >
          Deploy
        </Act>
      </div>
      {lines.length > 0 && (
        <pre
          className="mt-3 overflow-x-auto rounded-md border border-line bg-log px-3 py-2 font-mono text-xs leading-[18px] text-log-fg"
          tabIndex={0}
          aria-label="Last lines of the log"
        >
          {lines.join('\n')}
        </pre>
      )}
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

type CauseProps = { readonly failure: NonNullable<Deployment['failure']>; readonly lines: readonly string[] };

/** A guess, marked as one, with what it rests on. */
function Cause({ failure: { code, exitCode }, lines }: CauseProps) {
  const guessed = guess({ code, exitCode, lines });
  return guessed ? (
    <p className="mt-1 max-w-[80ch] [overflow-wrap:anywhere]">
      <span className="font-medium">Probably: {guessed.cause}</span>{' '}
      <span className="text-muted">Told by this: {guessed.sign}.</span>
    </p>
  ) : null;
}

/** The lines that say most about it: the last errors, or else the last lines. */
function evidenceOf({ nodes }: LogEnd): readonly string[] {
  const errors = nodes.filter(({ message, source }) => source !== 'PLATFORM' && levelOf(message) === 'error');
  return (errors.length > 0 ? errors : nodes).slice(-mostLines).map(({ message }) => plain(message));
}
