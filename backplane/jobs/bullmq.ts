import type { JobName } from '@apployd/core/job';
import { Queue, type IQueueBackend } from 'bullmq';
import type { Logger } from '../log/logger.js';
import { within } from '../within.js';
import { bullmqTimings, queueName, type BullmqConnection, type BullmqTimings, type Wake } from './bullmq-connection.js';
import { bullmqWorker } from './bullmq-worker.js';
import type { Jobs, Worker } from './jobs.js';

type WakeQueue = Queue<Wake, void, string, Wake, void, string, IQueueBackend, object>;

/** One queue per job name, on whatever backend BullMQ has for the connection. */
export function bullmqJobs(connection: BullmqConnection, log: Logger, timings: BullmqTimings = bullmqTimings): Jobs {
  const queues = new Map<JobName, Promise<WakeQueue>>();
  const workers = new Set<Worker>();

  /** An opening that failed is forgotten, so that the next ask tries again. */
  function queueOf(name: JobName): Promise<WakeQueue> {
    const known = queues.get(name);
    if (known) return known;
    const opening = openQueue(name);
    queues.set(name, opening);
    opening.catch(() => queues.delete(name));
    return opening;
  }

  async function openQueue(name: JobName): Promise<WakeQueue> {
    await connection.prepare();
    const settings = { connection: {}, streams: { events: { maxLen: 100 } } };
    const queue: WakeQueue = new Queue(queueName(name), settings, connection.asking);
    queue.on('error', (error) => log.warn({ err: error, job: name }, 'The job queue reports an error.'));
    await queue.waitUntilReady();
    return queue;
  }

  return {
    async ask(name, id, { delayMs = 0 } = {}) {
      const added = queueOf(name).then((queue) => queue.add(name, { id }, askOptions(id, delayMs)));
      added.catch(() => undefined); // it may still fail when nobody waits any more
      await within(timings.answerMs, added, 'The job queue');
    },
    isAsked: (name, id) => within(timings.answerMs, queueOf(name).then(hasJob(id)), 'The job queue'),
    async work(handlers, options) {
      const worker = await bullmqWorker({ connection, log, timings }, handlers, options);
      workers.add(worker);
      return worker;
    },
    async close() {
      await Promise.all([...workers].map((worker) => worker.close(0))); // closing again is closing once
      await Promise.all([...queues.values()].map(closeQueue));
      await connection.end();
    },
  };
}

/** A mark whose job is lost, as in a Redis that had to evict, would keep every further ask out: it goes. */
const hasJob =
  (id: string) =>
  async (queue: WakeQueue): Promise<boolean> => {
    const jobId = await queue.getDeduplicationJobId(id);
    if (jobId === null) return false;
    if ((await queue.getJobState(jobId)) !== 'unknown') return true;
    await queue.removeDeduplicationKey(id);
    return false;
  };

/** One that never opened has nothing to close. */
async function closeQueue(opening: Promise<WakeQueue>): Promise<void> {
  const queue = await within(100, opening, 'The job queue').catch(() => null);
  await queue?.close().catch(() => undefined);
}

/**
 * At most one job waits per id. BullMQ remembers an ask for what is being worked on (`keepLastIfActive`) and makes a job
 * of it when that work ends; an ask without delay makes a delayed job due. Attempts are the worker's to count.
 */
function askOptions(id: string, delayMs: number) {
  return {
    delay: delayMs,
    deduplication: { id, keepLastIfActive: true, reschedule: delayMs === 0 },
    attempts: 1_000_000,
    backoff: { type: 'custom' },
    removeOnComplete: true,
    removeOnFail: true,
  };
}
