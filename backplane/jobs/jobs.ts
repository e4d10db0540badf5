import type { JobName } from '@apployd/core/job';

/** Wakes workers up. A job is a name and the id of a row; losing one costs time, never truth. */
export interface Jobs {
  /**
   * Asks for work on a row. Asking again while the first ask waits changes nothing, but that an ask without delay makes
   * a delayed one due. Asking while the row is being worked on leads to another run once that work has ended, so that
   * what changed after its look is seen. Rejects within seconds when the queue cannot be reached.
   */
  ask(name: JobName, id: string, options?: { readonly delayMs?: number }): Promise<void>;
  /** Whether an ask for the row waits, delayed or not, or is being worked on. */
  isAsked(name: JobName, id: string): Promise<boolean>;
  /** Works on what is asked for, until closed. */
  work(handlers: JobHandlers, options: WorkOptions): Promise<Worker>;
  /** Closes workers that are still open, too, without grace. */
  close(): Promise<void>;
}

/** Every job has its work: a name without it does not compile. */
export type JobHandlers = Record<JobName, JobHandler>;

/**
 * Throwing has the job tried again, with growing pauses, up to `attempts` times. The signal fires when the worker closes;
 * work that then throws waits again for another worker, and does not count as an attempt. Work whose process died is
 * taken up by another worker.
 */
export type JobHandler = (
  id: string,
  attempt: { readonly number: number; readonly signal: AbortSignal },
) => Promise<void>;

export type WorkOptions = {
  /** Jobs of one name at the same time. */
  readonly concurrency: number;
  /** Of these names so many more. */
  readonly more?: Readonly<Partial<Record<JobName, number>>>;
  readonly attempts: number;
  /** Called for every attempt that failed; `last` when no other follows. */
  readonly onFailed: (name: JobName, id: string, error: unknown, last: boolean) => Promise<void>;
};

export interface Worker {
  /** Takes no more jobs, aborts those at work after `graceMs`, and waits for them, though not for ever. */
  close(graceMs: number): Promise<void>;
}
