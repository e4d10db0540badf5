import os from 'node:os';
import { z } from 'zod';
import { parseConfig } from '@apployd/backplane/config/parse-config';
import { certificateSettings, sharedSettings } from '@apployd/backplane/config/shared';
import { checkSender, mailSettings } from '@apployd/backplane/mail/mail-settings';
import { paymentSettings } from '@apployd/backplane/payments/payment-settings';
import { GiB } from '@apployd/core/resources';
import { isResolver } from './resolver/is-resolver.js';

const milliseconds = z.coerce.number().int().positive();
/** What a timer can hold: some 24 days. */
const mostTimerMs = 2 ** 31 - 1;
const bytes = z.coerce.number().int().positive();

/** The engine's environment variables. */
export const engineSettings = z
  .object({
    ...sharedSettings.shape,
    ...mailSettings,
    ...certificateSettings,
    ...paymentSettings,
    ENGINE_RUNTIME: z
      .enum(['auto', 'docker', 'process'])
      .default('auto')
      .describe(
        'Where releases run: in Docker, as processes of this machine (not isolated: for code that you trust), or in Docker when an engine answers.',
      ),
    ENGINE_SERVER_NAME: z.string().min(1).default(os.hostname()).meta({
      description: 'Name of this machine among the servers. An engine that starts again is to keep its own.',
      shownDefault: "the machine's host name",
    }),
    DOCKER_HOST: z
      .string()
      .min(1)
      .optional()
      .meta({ description: "Docker's socket or address.", shownDefault: "what Docker's own client takes" }),
    ENGINE_CONCURRENCY: z.coerce
      .number()
      .int()
      .min(1)
      .max(100)
      .default(4)
      .describe(
        'How many deployments, and other jobs, may be at work at the same time. All engines together give out their slots in turns.',
      ),
    ENGINE_FETCH_TIMEOUT_MS: milliseconds.default(120_000).describe('How long fetching a source may take.'),
    ENGINE_BUILD_TIMEOUT_MS: milliseconds.default(15 * 60_000).describe('How long a build may take.'),
    ENGINE_RELEASE_TIMEOUT_MS: milliseconds
      .default(10 * 60_000)
      .describe('How long the release command of a project, such as the migration of its database, may take.'),
    ENGINE_START_TIMEOUT_MS: milliseconds
      .default(120_000)
      .describe('How long starting the instances of a deployment may take.'),
    ENGINE_HEALTH_CHECK_TIMEOUT_MS: milliseconds
      .default(11 * 60_000)
      .describe('How long all instances of a deployment may take to become healthy, whatever their project says.'),
    ENGINE_SWITCH_TIMEOUT_MS: milliseconds
      .default(60_000)
      .describe('How long sending the visitors to a new release, and proving it through each edge, may take.'),
    ENGINE_BUILD_CACHE_HOURS: z.coerce
      .number()
      .min(1)
      .max(8760)
      .default(72)
      .describe(
        'How long Docker keeps the steps of builds that came to nothing, so that the next build is quicker, and images that no deployment knows: 1 hour at least, so that a build that is under way keeps its own.',
      ),
    ENGINE_DISK_WATERMARK_PERCENT: z.coerce
      .number()
      .int()
      .min(50)
      .max(99)
      .default(85)
      .describe(
        'How full a disk may be, in percent, before what nothing needs any more goes at once instead of after its time, the oldest first.',
      ),
    ENGINE_EVENT_DAYS: z.coerce
      .number()
      .int()
      .min(7)
      .max(3650)
      .default(90)
      .describe('How many days events of organizations and projects are kept.'),
    ENGINE_ROUTE_TIMEOUT_MS: milliseconds.default(15_000).describe('How long edges may take to follow a route.'),
    ENGINE_DRAIN_MS: milliseconds
      .default(5_000)
      .describe('How long requests in flight may go on once their release is replaced.'),
    ENGINE_STOP_GRACE_MS: milliseconds.default(10_000).describe('How long an app may take to end after SIGTERM.'),
    ENGINE_SOURCE_MAX_BYTES: bytes.default(GiB).describe('What one source may take up, once fetched and unpacked.'),
    ENGINE_RELEASE_MAX_BYTES: bytes
      .default(4 * GiB)
      .describe('What one release may take up where releases are folders: in the process runtime.'),
    ENGINE_SSH_KEY_FILE: z
      .string()
      .startsWith('/')
      .optional()
      .describe('File with the private key that is shown to git hosts over ssh. None when absent.'),
    ENGINE_BUILD_MEMORY_BYTES: bytes.default(2 * GiB).describe('Memory that a step of a build may use.'),
    ENGINE_RESERVED_MEMORY_BYTES: bytes.optional().meta({
      description:
        'How much memory builds, and new releases that start beside their former ones, may have together by their limits. One of each goes on always; others wait until there is room.',
      shownDefault: "a quarter of the machine's and ENGINE_BUILD_MEMORY_BYTES",
    }),
    ENGINE_RESERVED_MEMORY_TIMEOUT_MS: milliseconds
      .max(mostTimerMs)
      .default(60 * 60_000)
      .describe('How long each stage of a deployment may wait for such memory before it fails.'),
    ENGINE_BUILD_CPU_MILLICORES: z.coerce
      .number()
      .int()
      .positive()
      .default(2000)
      .describe('CPU that a step of a build may use, in thousandths of a core.'),
    ENGINE_BUILD_DISK_BYTES: bytes
      .default(10 * GiB)
      .describe('What the steps of one build may write together, on Docker.'),
    ENGINE_BUILD_MAX_PROCESSES: z.coerce
      .number()
      .int()
      .min(64)
      .max(100_000)
      .default(4096)
      .describe('How many processes and threads a step of a build may have at once, on Docker.'),
    ENGINE_ACME_DIRECTORY: z
      .url({ protocol: /^https$/, error: 'is to be the address of an ACME directory, with https' })
      .optional()
      .describe(
        'Address of the ACME directory from which certificates are ordered, such as https://acme-v02.api.letsencrypt.org/directory. Setting it agrees to the terms of that authority. Without it no certificates are ordered.',
      ),
    ENGINE_ACME_CLIENT: z
      .enum(['acme-client', 'certbot'])
      .default('acme-client')
      .describe(
        'What orders certificates: `acme-client`, in the engine itself, or `certbot`, which has to be installed and takes a process of seconds for each.',
      ),
    ENGINE_ACME_EMAIL: z
      .email({ error: 'is to be an e-mail address' })
      .optional()
      .describe('Whom the certificate authority writes to.'),
    ENGINE_ACME_CA_FILE: z
      .string()
      .startsWith('/')
      .optional()
      .describe(
        "File with the certificates, in PEM, that vouch for the address of the directory, where the system's own do not: of an authority in one's own network.",
      ),
    ENGINE_ACME_DNS_WAIT_SECONDS: z.coerce
      .number()
      .int()
      .min(0)
      .max(120)
      .default(20)
      .describe(
        'How long the DNS provider, where ENGINE_DNS names one, takes to tell its name servers of a record before the authority is sent there.',
      ),
    ENGINE_ACME_NAMES_A_WEEK: z.coerce
      .number()
      .int()
      .min(1)
      .max(1_000_000)
      .default(45)
      .describe(
        'How many host names below the base domain may get their first certificate within a week; the others wait. Public authorities allow some 50 for one domain.',
      ),
    ENGINE_DISPOSABLE: z
      .stringbool()
      .default(false)
      .describe('Whether apps and images go when the engine ends: for demos and tests.'),
    ENGINE_DNS: z
      .enum(['manual', 'cloudflare'])
      .default('manual')
      .describe(
        'Who sets the host names of apps, where no wildcard leads them to APPLOYD_EDGE_ADDRESSES already: people, who are told in the log which records, or the engine at Cloudflare.',
      ),
    ENGINE_CLOUDFLARE_TOKEN: z.string().min(1).optional().meta({
      description: 'API token of Cloudflare with the permission "Zone, DNS, Edit" for the zone of APPLOYD_BASE_DOMAIN.',
      secret: 'value',
    }),
    ENGINE_DNS_PROXIED: z
      .stringbool()
      .default(false)
      .describe("Whether Cloudflare's proxy stands before the host names that are set there."),
    ENGINE_RESOLVERS: z
      .string()
      .transform((text) => text.split(',').flatMap((one) => one.trim() || []))
      .pipe(z.array(z.string().refine(isResolver, { error: 'is to be addresses such as 1.1.1.1,[2606:4700::1]:53' })))
      .default([])
      .meta({
        description:
          'Name servers that are asked about custom domains, separated by commas, each an address or address:port.',
        shownDefault: 'those of the machine',
      }),
    ENGINE_METRICS_PORT: z.coerce
      .number()
      .int()
      .min(1)
      .max(65_535)
      .optional()
      .describe(
        'Port of this machine, and for it alone, where /metrics shows what the engine counts. Absent: nowhere.',
      ),
    ENGINE_DOCKER_SUBNETS: z
      .cidrv4()
      .default('10.212.0.0/14')
      .describe('Addresses from which each project is given a network of its own in Docker.'),
  })
  .superRefine(checkSender)
  .superRefine(checkCertificateSecret)
  .superRefine(checkDns);

type Issues = { addIssue(issue: { code: 'custom'; path: string[]; message: string; input: unknown }): void };

/** Without one of them nothing would be set, and nobody would know. */
function checkDns(
  settings: {
    readonly ENGINE_DNS: string;
    readonly ENGINE_CLOUDFLARE_TOKEN?: string;
    readonly APPLOYD_EDGE_ADDRESSES: readonly string[];
  },
  context: Issues,
): void {
  if (settings.ENGINE_DNS !== 'cloudflare') return;
  const refuse = (name: string, message: string) =>
    context.addIssue({ code: 'custom', path: [name], message, input: undefined });
  if (settings.ENGINE_CLOUDFLARE_TOKEN === undefined) {
    refuse('ENGINE_CLOUDFLARE_TOKEN', 'is to be set where ENGINE_DNS is cloudflare');
  }
  if (settings.APPLOYD_EDGE_ADDRESSES.length === 0) {
    const message =
      'is to be set where ENGINE_DNS is cloudflare: the addresses to which host names are to lead, such as 192.0.2.1,2001:db8::1';
    refuse('APPLOYD_EDGE_ADDRESSES', message);
  }
}

function checkCertificateSecret(
  settings: { readonly ENGINE_ACME_DIRECTORY?: string; readonly APPLOYD_CERTIFICATE_SECRET?: string },
  context: Issues,
): void {
  if (settings.ENGINE_ACME_DIRECTORY === undefined || settings.APPLOYD_CERTIFICATE_SECRET !== undefined) return;
  const message =
    'is needed where ENGINE_ACME_DIRECTORY is set: at least 32 random characters, such as `openssl rand -hex 32` prints, the same for the edges';
  context.addIssue({ code: 'custom', path: ['APPLOYD_CERTIFICATE_SECRET'], message, input: undefined });
}

export type EngineConfig = z.infer<typeof engineSettings>;

/** What git and builds may inherit of it: each picks the few variables that it needs. */
export function operatorEnvironment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}

export function readConfig(environment: Readonly<Record<string, string | undefined>> = process.env): EngineConfig {
  return parseConfig(engineSettings, environment);
}
