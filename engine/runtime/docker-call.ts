import { deadlineIn } from '@apployd/core/deadline';

/** For calls that Docker answers at once. A hanging or unreachable engine must not hang its caller. */
export const callDeadlineMs = 30_000;

/** Options that end a call of dockerode after a while. */
export function callOptions(ms: number = callDeadlineMs): { abortSignal: AbortSignal } {
  return { abortSignal: deadlineIn(ms) };
}

/** The HTTP status that Docker refused with, or null. */
export function statusOf(error: unknown): number | null {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : null;
  return typeof status === 'number' ? status : null;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Docker's words, without those that dockerode puts around them. */
export function answerOf(error: unknown): string {
  return messageOf(error)
    .replace(/^\(HTTP code \d+\) [\w ]+ - /, '')
    .trim();
}

/** The answer, or null where Docker says that there is no such thing. */
export async function unlessGone<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}

/** For calls that dockerode cannot end, such as the inspection of an image: this stops waiting for them. */
export function inTime<T>(call: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('Docker did not answer in time')), callDeadlineMs);
    call.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
