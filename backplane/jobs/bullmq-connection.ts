import type { JobName } from '@apployd/core/job';
import type { BackendFactory, IQueueBackend } from 'bullmq';

/** Where BullMQ keeps its queues. The factories bring their own connection; the one in their options is empty. */
export type BullmqConnection = {
  readonly asking: BackendFactory<IQueueBackend, object>;
  readonly working: BackendFactory<IQueueBackend, object>;
  /** Makes the backend ready for queues; rejects when it cannot be reached, and may then be called again. */
  prepare(): Promise<void>;
  end(): Promise<void>;
};

export type BullmqTimings = {
  /** The longest wait for the backend when asking. */
  readonly answerMs: number;
  /** The longest wait for the backend when starting to work; it may have tables to make. */
  readonly startMs: number;
  /** A worker that was silent for so long has died; another takes up its jobs within two more `stalledMs`. */
  readonly lockMs: number;
  readonly stalledMs: number;
  /** The pause before the second attempt, and the longest between two. */
  readonly firstRetryMs: number;
  readonly mostRetryMs: number;
  /** How long a closing worker waits for work that it aborted before it leaves it to be taken up by another. */
  readonly abortedMs: number;
};

export const bullmqTimings: BullmqTimings = {
  answerMs: 5_000,
  startMs: 30_000,
  lockMs: 15_000,
  stalledMs: 5_000,
  firstRetryMs: 1_000,
  mostRetryMs: 30_000,
  abortedMs: 5_000,
};

/** What a job carries: the id of a row. */
export type Wake = { readonly id: string };

/** BullMQ refuses names with a colon. */
export function queueName(name: JobName): string {
  return `apployd-${name}`;
}
