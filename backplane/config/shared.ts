import { z } from 'zod';
import { secretProblem } from './secret-problem.js';

/** Environment variables that more than one process reads. Each process adds its own. What each means is said here alone. */
export const sharedSettings = z.object({
  DATABASE_URL: z
    .url({
      protocol: /^postgres(ql)?$/,
      error: 'is to be the address of a PostgreSQL database: postgresql://user:password@host:5432/name',
    })
    .meta({ description: 'The PostgreSQL that holds everything.', secret: 'password' }),
  REDIS_URL: z
    .url({
      protocol: /^rediss?$/,
      error: 'is to be the address of a Redis: redis://host:6379; leave it out to do without',
    })
    .optional()
    .meta({
      description: 'Queue, events and first locks go through this Redis; without it through PostgreSQL.',
      secret: 'password',
    }),
  APPLOYD_DATA: z
    .string()
    .min(1)
    .default('.apployd')
    .describe("Folder of the platform's own files: uploads, work of builds, the edge's snapshot."),
  APPLOYD_SECRET: randomSecret().meta({
    description:
      'At least 32 random characters. Secrets at rest are sealed, and sessions signed, with keys derived from it. Older ones may follow, with commas between: what they sealed still opens.',
    secret: 'value',
  }),
  APPLOYD_BASE_DOMAIN: z.string().min(1).default('localhost').describe('Apps get host names below it.'),
  APPLOYD_EDGE_ADDRESSES: z
    .string()
    .transform((text) => text.split(',').flatMap((one) => one.trim() || []))
    .pipe(z.array(z.union([z.ipv4(), z.ipv6()], { error: 'is to be addresses such as 192.0.2.1,2001:db8::1' })))
    .default([])
    .meta({
      description:
        'Addresses at which visitors reach the edges, separated by commas: what the records of custom domains are to lead to.',
      shownDefault: 'what the host names of apps resolve to',
    }),
  APPLOYD_PUBLIC_URL: z
    .url({ error: 'is to be an address such as https://apployd.example.com' })
    .default('http://localhost:8080')
    .describe('Where people and programs reach the platform. The URLs of apps have its scheme and port.'),
  APPLOYD_GIT_LOCAL_ROOT: z
    .string()
    .startsWith('/', { error: 'is to be a folder, from the root on: /srv/git' })
    .optional()
    .describe(
      'Folder below which file: repositories are allowed; with it repositories on loopback addresses are too. Neither when absent.',
    ),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('The least that is logged.'),
  LOG_FORMAT: z
    .enum(['json', 'pretty'])
    .default('json')
    .describe('A line of the log is an object for programs, or a sentence for people.'),
});

/** Of the engine and the edges, which know nothing else of each other's secrets: `docs/decisions/046`. */
export const certificateSettings = {
  APPLOYD_CERTIFICATE_SECRET: randomSecret().optional().meta({
    description:
      'At least 32 random characters, the same for the engine and the edges, and another than `APPLOYD_SECRET`. The private keys of certificates are sealed with it. Older ones may follow, with commas between. Needed where certificates are issued or served.',
    secret: 'value',
  }),
};

export type SharedConfig = z.output<typeof sharedSettings>;

function randomSecret() {
  return z
    .string({ error: secretHint })
    .regex(/^[^,]{32,}(,[^,]{32,})*$/, { error: secretHint, abort: true })
    .superRefine((secrets, { addIssue }) => {
      const [problem] = secrets.split(',').flatMap((secret) => secretProblem(secret.trim()) ?? []);
      if (problem) addIssue(`is to be random, such as \`openssl rand -hex 32\` prints: what is set ${problem}`);
    });
}

function secretHint(): string {
  return 'is to be at least 32 random characters, such as `openssl rand -hex 32` prints; older secrets may follow after commas';
}
