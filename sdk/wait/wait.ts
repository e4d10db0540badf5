import type { Calls } from '../calls.js';
import { TimeoutError } from '../error/apployd-error.js';
import {
  DeploymentCanceledError,
  DeploymentFailedError,
  DeploymentSupersededError,
} from '../error/deployment-error.js';
import { linked } from '../http/time.js';
import type { Logs } from '../logs.js';
import type { Deployment, LogLine } from '../types.js';
import { deliverLog } from './deliver-log.js';
import { type Link, watchDeployment } from './watch-deployment.js';

export type WaitOptions = {
  /** Every line of the build log, in order, once. All have been handed out before `wait` resolves. */
  readonly onLog?: (line: LogLine) => void | Promise<void>;
  /** The deployment as it is first seen, and each time that its status, stages or serving state have changed. */
  readonly onStatus?: (deployment: Deployment) => void;
  /** Milliseconds until TimeoutError. The deployment goes on, unless `cancelOnAbort`. */
  readonly timeoutMs?: number;
  /** Stops waiting; rejects with the signal's reason. The deployment goes on, unless `cancelOnAbort`. */
  readonly signal?: AbortSignal;
  /** Cancel the deployment when `signal` aborts or the time is over. */
  readonly cancelOnAbort?: boolean;
  /** How often to ask while no stream can be had, in milliseconds. Default 2,000. */
  readonly pollMs?: number;
};

type Waiting = { readonly calls: Calls; readonly logs: Logs; readonly cancel: (id: string) => Promise<unknown> };

/** Resolves with the READY deployment; throws the error of any other end. */
export async function wait({ calls, logs, cancel }: Waiting, id: string, options: WaitOptions): Promise<Deployment> {
  const { onLog, onStatus, timeoutMs, pollMs = 2_000 } = options;
  const ending = linked(options.signal);
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(
          () => ending.abort(new TimeoutError(`Deployment ${id} has not ended within ${timeoutMs} ms.`, timeoutMs)),
          timeoutMs,
        );
  try {
    const link: Link = { isUp: false };
    const log = onLog ? deliverLog({ logs, pollMs, link }, id, onLog, ending.signal) : undefined;
    const watched = watchDeployment({ calls, pollMs, link }, id, onStatus, ending.signal);
    const deployment = await Promise.race([watched, ...(log ? [log.failed] : [])]);
    await log?.drain();
    return await outcome(deployment, logs);
  } catch (error) {
    if (ending.signal.aborted && options.cancelOnAbort) await cancel(id).catch(() => {});
    throw error;
  } finally {
    clearTimeout(timer);
    ending.abort();
    ending.release();
  }
}

const tailLines = 20;
const tailDeadlineMs = 5_000;

async function outcome(deployment: Deployment, logs: Logs): Promise<Deployment> {
  if (deployment.status === 'READY') return deployment;
  if (deployment.status === 'CANCELED') throw new DeploymentCanceledError(deployment);
  if (deployment.status === 'SUPERSEDED') throw new DeploymentSupersededError(deployment);
  const tail = logs.tail({ deploymentId: deployment.id }, tailLines, { deadlineMs: tailDeadlineMs });
  throw new DeploymentFailedError(deployment, await tail.catch(() => []));
}
