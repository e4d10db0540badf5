import { z } from 'zod';

/** How a project is built, started and found healthy. A release keeps the settings it was made with. */
export const projectSettings = z.object({
  /** Folder of the app inside the repository; null is its root. */
  rootDirectory: z.string().nullable().default(null),
  /** Dockerfile below that folder; null means `Dockerfile`, when there is one. */
  dockerfilePath: z.string().nullable().default(null),
  /** Where the app listens; it is told through PORT. */
  port: z.int().min(1).max(65535).default(3000),
  /** Answered with a status below 400 once the app is ready. */
  healthCheckPath: z.string().startsWith('/').max(1024).default('/'),
  /** How long a new release may take to become healthy. */
  healthCheckTimeoutMs: z.int().min(1000).max(600_000).default(60_000),
});

export type ProjectSettings = z.infer<typeof projectSettings>;
