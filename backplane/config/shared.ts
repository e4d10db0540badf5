import { z } from 'zod';

/** Environment variables that more than one process reads. Each process adds its own. */
export const sharedSettings = z.object({
  /** PostgreSQL that holds everything. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  /** Queue, events and first locks go through this Redis; without it through PostgreSQL. */
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  /** Folder of the platform's own files: blobs, builds, snapshots. */
  APPLOYD_DATA: z.string().min(1).default('.apployd'),
  /** At least 32 characters; secrets at rest are sealed with keys derived from it. Older ones may follow, separated by commas. */
  APPLOYD_SECRET: z.string().min(32),
  /** Apps get host names below it. */
  APPLOYD_BASE_DOMAIN: z.string().min(1).default('localhost'),
  /** Where people and programs reach the platform. */
  APPLOYD_PUBLIC_URL: z.url().default('http://localhost:8080'),
  /** Folder below which file: and loopback repositories are allowed; none when absent. */
  APPLOYD_GIT_LOCAL_ROOT: z.string().startsWith('/').optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  LOG_FORMAT: z.enum(['json', 'pretty']).default('json'),
});
