import { z } from 'zod';

/** Environment variables that more than one process reads. Each process adds its own. */
export const sharedSettings = z.object({
  /** PostgreSQL that holds everything. */
  DATABASE_URL: z.url({
    protocol: /^postgres(ql)?$/,
    error: 'is to be the address of a PostgreSQL database: postgresql://user:password@host:5432/name',
  }),
  /** Queue, events and first locks go through this Redis; without it through PostgreSQL. */
  REDIS_URL: z
    .url({
      protocol: /^rediss?$/,
      error: 'is to be the address of a Redis: redis://host:6379; leave it out to do without',
    })
    .optional(),
  /** Folder of the platform's own files: blobs, builds, snapshots. */
  APPLOYD_DATA: z.string().min(1).default('.apployd'),
  /** At least 32 characters; secrets at rest are sealed with keys derived from it. Older ones may follow, separated by commas. */
  APPLOYD_SECRET: z.string({ error: secretHint }).regex(/^[^,]{32,}(,[^,]{32,})*$/, { error: secretHint }),
  /** Apps get host names below it. */
  APPLOYD_BASE_DOMAIN: z.string().min(1).default('localhost'),
  /** Where people and programs reach the platform. */
  APPLOYD_PUBLIC_URL: z
    .url({ error: 'is to be an address such as https://apployd.example.com' })
    .default('http://localhost:8080'),
  /** Folder below which file: and loopback repositories are allowed; none when absent. */
  APPLOYD_GIT_LOCAL_ROOT: z
    .string()
    .startsWith('/', { error: 'is to be a folder, from the root on: /srv/git' })
    .optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  LOG_FORMAT: z.enum(['json', 'pretty']).default('json'),
});

export type SharedConfig = z.output<typeof sharedSettings>;

function secretHint(): string {
  return 'is to be at least 32 random characters, such as `openssl rand -hex 32` prints; older secrets may follow after commas';
}
