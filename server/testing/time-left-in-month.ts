import { setTimeout as sleep } from 'node:timers/promises';
import { periodOf } from '@apployd/core/usage';

/** More than a test file takes, on a slow machine too. */
const neededMs = 120_000;
/** For the hook that waits, and does its own work. */
export const monthTimeoutMs = neededMs + 60_000;

/** Waits for the next month where this one is about to end: what a test writes and reads is all of one. */
export async function timeLeftInMonth(): Promise<void> {
  const leftMs = periodOf(new Date()).end.getTime() - Date.now();
  if (leftMs < neededMs) await sleep(leftMs + 1);
}
