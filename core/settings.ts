import { z } from 'zod';

/** How a project is built, started and found healthy. A release keeps the settings it was made with. */
export const projectSettings = z.object({
  /** Folder of the app inside the repository; null is its root. */
  rootDirectory: z.string().nullable().default(null),
  /** Dockerfile below that folder; null means `Dockerfile`, when there is one. */
  dockerfilePath: z.string().nullable().default(null),
  /** Where the app listens; it is told through PORT. */
  port: between(1, 65_535, 'The port is a whole number from 1 to 65535.').default(3000),
  /** Answered with a status below 400 once the app is ready. */
  healthCheckPath: z
    .string()
    .regex(
      /^\/[\x21-\x7e]{0,1023}$/,
      'The health check path starts with a slash, such as /healthz, and holds at most 1,024 characters of ASCII without spaces: write others as %20 and the like.',
    )
    .default('/'),
  /** How long a new release may take to become healthy. */
  healthCheckTimeoutMs: between(
    1_000,
    600_000,
    'The health check timeout is a whole number of milliseconds from 1000 to 600000.',
  ).default(60_000),
  /** Goes to sleep after so long without visitors; null: never, unless its plan has it. */
  autoSleepMinutes: between(
    1,
    10_080,
    'The time without visitors until it goes to sleep is a whole number of minutes from 1 to 10080, a week.',
  )
    .nullable()
    .default(null),
});

function between(min: number, max: number, problem: string) {
  return z.int(problem).min(min, problem).max(max, problem);
}

/** What counts: a project may sleep sooner than its plan has it, not later. Null: it never sleeps. */
export function sleepsAfterMinutes(chosen: number | null, ofPlan: number | null): number | null {
  return ofPlan === null ? chosen : Math.min(chosen ?? ofPlan, ofPlan);
}

export type ProjectSettings = z.infer<typeof projectSettings>;
