import { z } from 'zod';

/** Why an instance that took visitors, or was to, is over although nobody ended it. */
export const exitReasons = ['CRASHED', 'OUT_OF_MEMORY', 'UNHEALTHY', 'NEVER_HEALTHY', 'LOST'] as const;
export type ExitReason = (typeof exitReasons)[number];

/** How it ended, as it is kept with its environment. */
export const instanceExit = z.object({
  at: z.iso.datetime(),
  reason: z.enum(exitReasons),
  exitCode: z.int().nullable(),
  /** A sentence. */
  message: z.string(),
  /** What it printed last, secrets masked. */
  lastLines: z.array(z.string()),
});
export type InstanceExit = z.infer<typeof instanceExit>;
