import type { Project } from '../../project/use-project.js';
import { Notice } from '../../ui/notice.js';
import { Time } from '../../ui/time.js';

type Props = { readonly project: Project; readonly lines: readonly string[] };

/** That what is live does not run, or was started anew, how it ended, and what it said last. Only when there is something. */
export function CrashNotice({ project, lines }: Props) {
  const { productionEnvironment: environment } = project;
  const { lastExit, restarts, restartsAt } = environment;
  if (!lastExit || environment.desiredState === 'STOPPED') return null;
  const { title, tone } = stateOf(environment);
  return (
    <div>
      <Notice row tone={tone} title={title}>
        {lastExit.message} That was <Time at={lastExit.at} />. {restartsOf(restarts)}
        {restartsAt && (
          <>
            {' '}
            It is started again <Time at={restartsAt} />.
          </>
        )}
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

type Shown = Pick<Project['productionEnvironment'], 'observedState' | 'stateReason'>;

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
