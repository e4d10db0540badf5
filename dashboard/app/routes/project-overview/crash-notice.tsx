import type { Project } from '../../project/shown.js';
import { Notice } from '../../ui/notice.js';
import { Time, useNow } from '../../ui/time.js';

type Props = { readonly project: Project; readonly lines: readonly string[] };

/** That what is live does not run, or was started anew, how it ended, and what it said last. Only when there is something. */
export function CrashNotice({ project, lines }: Props) {
  const { environment } = project;
  const { lastExit, restarts, restartsAt } = environment;
  const now = useNow();
  // What somebody has stopped, or what sleeps, is down on purpose.
  if (!lastExit || environment.desiredState !== 'RUNNING' || environment.observedState.endsWith('SLEEP')) return null;
  const { title, tone } = stateOf(environment);
  if (tone === 'info' && now - Date.parse(lastExit.at) > newsMs) return null;
  return (
    <div>
      <Notice row tone={tone} title={title}>
        {lastExit.message} That was <Time at={lastExit.at} />. {restartsOf(restarts)}
        {restartsAt && ` It is started again ${when(restartsAt, now)}.`}
      </Notice>
      {lines.length > 0 && tone !== 'info' && (
        <pre
          className="mx-4 mb-4 overflow-x-auto rounded-md border border-line bg-log px-3 py-2 font-mono text-xs leading-[18px] text-log-fg lg:mx-5"
          tabIndex={0}
          aria-label="What it printed last"
        >
          {lines.join('\n')}
        </pre>
      )}
    </div>
  );
}

/** So long is a crash news that is over. */
const newsMs = 86_400_000;

type Shown = Pick<Project['environment'], 'observedState' | 'stateReason'>;

function stateOf({ observedState, stateReason }: Shown): {
  readonly title: string;
  readonly tone: 'bad' | 'warn' | 'info';
} {
  if (observedState === 'CRASHED') return { title: 'It ends again and again, and is down.', tone: 'bad' };
  if (observedState !== 'RUNNING') return { title: 'It ended, and is down.', tone: 'bad' };
  if (stateReason) return { title: 'It runs with fewer instances than it should, or without health.', tone: 'warn' };
  return { title: 'It runs again.', tone: 'info' };
}

const restartsOf = (count: number): string =>
  count === 0 ? '' : `Since this deployment went live it was restarted ${count === 1 ? 'once' : `${count} times`}.`;

function when(at: string, now: number): string {
  const seconds = Math.ceil((Date.parse(at) - now) / 1_000);
  if (seconds <= 0) return 'any moment now';
  return seconds < 90 ? `in ${seconds} s` : `in ${Math.round(seconds / 60)} minutes`;
}
