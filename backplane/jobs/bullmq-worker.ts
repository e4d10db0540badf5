import { backoffMs } from '@apployd/core/backoff';
import { jobNames, type JobName } from '@apployd/core/job';
import { UnrecoverableError, WaitingError, Worker as BullWorker, type IQueueBackend, type Job } from 'bullmq';
import type { Logger } from '../log/logger.js';
import { settlesWithin, within } from '../within.js';
import { queueName, type BullmqConnection, type BullmqTimings, type Wake } from './bullmq-connection.js';
import type { JobHandlers, WorkOptions, Worker } from './jobs.js';

type WakeWorker = BullWorker<Wake, void, string, IQueueBackend, number, object>;
type Context = { readonly connection: BullmqConnection; readonly log: Logger; readonly timings: BullmqTimings };

/** Works on every queue, each name with its own concurrency. Rejects when the backend does not answer in time. */
export async function bullmqWorker(context: Context, handlers: JobHandlers, options: WorkOptions): Promise<Worker> {
  const { connection, log, timings } = context;
  const closing = new AbortController();
  const reports = new Set<Promise<void>>();

  const report = (name: JobName, id: string, error: unknown, last: boolean): Promise<void> => {
    const reporting = Promise.resolve()
      .then(() => options.onFailed(name, id, error, last))
      .catch((problem: unknown) => log.error({ err: problem, job: name, id }, 'A failed job could not be reported.'))
      .finally(() => reports.delete(reporting));
    reports.add(reporting);
    return reporting;
  };

  async function attempt(name: JobName, job: Job<Wake>, token: string | undefined): Promise<void> {
    const number = job.attemptsMade + 1;
    try {
      await handlers[name](job.data.id, { number, signal: closing.signal });
    } catch (error) {
      if (closing.signal.aborted) return putBack(job, token);
      const last = number >= options.attempts;
      await report(name, job.data.id, error, last);
      throw last ? new LastAttemptFailed(messageOf(error)) : new Error(messageOf(error));
    }
  }

  function open(name: JobName): WakeWorker {
    const worker: WakeWorker = new BullWorker(
      queueName(name),
      (job, token) => attempt(name, job, token),
      {
        connection: {},
        autorun: false,
        concurrency: options.concurrency + (options.more?.[name] ?? 0),
        lockDuration: timings.lockMs,
        stalledInterval: timings.stalledMs,
        maxStalledCount: options.attempts,
        runRetryDelay: 1_000,
        settings: { backoffStrategy: (made) => backoffMs(made, timings.firstRetryMs, timings.mostRetryMs) },
      },
      connection.working,
    );
    worker.on('error', (error) => log.warn({ err: error, job: name }, 'The job worker reports an error.'));
    worker.on('stalled', (id) => log.warn({ job: name, jobId: id }, 'The worker of a job died; it is taken up again.'));
    worker.on('failed', (job, error) => {
      const killedTooOften = error instanceof UnrecoverableError && !(error instanceof LastAttemptFailed);
      if (job && killedTooOften) void report(name, job.data.id, error, true);
    });
    return worker;
  }

  await within(timings.startMs, connection.prepare(), 'The job queue');
  const workers = jobNames.map(open);
  try {
    await within(timings.startMs, Promise.all(workers.map((worker) => worker.waitUntilReady())), 'The job queue');
  } catch (error) {
    await leave(workers);
    throw error;
  }
  // Not sooner: a worker whose backend never became ready would ask it again without a pause, for ever.
  for (const worker of workers) worker.run().catch((error: unknown) => log.error({ err: error }, 'A worker stopped.'));

  async function close(graceMs: number): Promise<void> {
    const closed = Promise.all(workers.map((worker) => worker.close()));
    if (await settlesWithin(graceMs, closed)) return settleAll(reports);
    closing.abort(new Error('The worker closes.'));
    if (await settlesWithin(timings.abortedMs, closed)) return settleAll(reports);
    log.warn('Jobs ignored the end of their worker; another worker will take them up.');
    await leave(workers);
  }

  let closed: Promise<void> | undefined;
  return { close: (graceMs) => (closed ??= close(graceMs)) };
}

/** Ends a job for good: BullMQ tries nothing that is unrecoverable again. */
class LastAttemptFailed extends UnrecoverableError {}

/** Work that was ended by a closing worker waits again as it did before, with as many attempts left. */
async function putBack(job: Job<Wake>, token: string | undefined): Promise<never> {
  await job.moveToWait(token);
  throw new WaitingError();
}

/** Drops the connections without waiting for jobs. */
async function leave(workers: readonly WakeWorker[]): Promise<void> {
  await Promise.allSettled(
    workers.map((worker) => {
      void worker.close(true); // asks for no more jobs; it may never end when it was already closing
      return settlesWithin(1_000, worker.getBackend().close(true));
    }),
  );
}

async function settleAll(promises: Iterable<Promise<void>>): Promise<void> {
  await Promise.allSettled(promises);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
