import type { Deployment } from '@apployd/sdk';
import { stepsOf } from '../../deployment/steps.js';
import { type Goto, LogView } from '../../log/log-view.js';
import { noteOf } from '../../log/note-of.js';
import { type LogEnd, useBuildLog } from '../../log/use-log.js';
import { useNow } from '../../ui/time.js';

type Props = {
  readonly deployment: Deployment;
  readonly first: LogEnd;
  readonly isOver: boolean;
  readonly goto: Goto | null;
};

const lateMs = 60_000;

export function BuildLog({ deployment, first, isOver, goto }: Props) {
  const now = useNow();
  // The last lines may be written after the status is final.
  const isWritten = isOver && now - Date.parse(deployment.finishedAt ?? '') > lateMs;
  const log = useBuildLog(deployment.id, first, isWritten);
  const step = stepsOf(deployment, []).find(({ state }) => state === 'running' || state === 'failed');
  const start = Date.parse(deployment.startedAt ?? deployment.createdAt);
  return (
    <LogView
      log={log}
      start={start}
      name={`Build log of ${deployment.project.slug} ${deployment.number}`}
      note={noteOf(log, log.isOver ? 'none' : 'loading')}
      summary={spoken(deployment.status, step?.label)}
      goto={goto}
      empty="The build log starts as soon as the deployment leaves the queue."
    />
  );
}

function spoken(status: string, step: string | undefined): string {
  if (status === 'READY') return 'The deployment is ready';
  if (status === 'FAILED') return `The deployment failed at ${step ?? 'an unknown step'}`;
  return step ? `${step} is running` : `The deployment is ${status.toLowerCase()}`;
}
