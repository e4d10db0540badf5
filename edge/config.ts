import { availableParallelism, hostname } from 'node:os';
import { z } from 'zod';
import { usualMostPerAddress } from '@apployd/core/visitor-limit';
import { parseConfig } from '@apployd/backplane/config/parse-config';
import { port } from '@apployd/backplane/config/port';
import { certificateSettings, sharedSettings } from '@apployd/backplane/config/shared';

const httpAddress = z.url({ protocol: /^http$/, error: 'is to be an address such as http://127.0.0.1:4000' });
const subnet = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], {
  error: 'is to be addresses and subnets with commas between',
});

/** What the edge is told. The secret that seals customers' values is not among it. */
export const edgeSettings = sharedSettings
  .pick({
    DATABASE_URL: true,
    REDIS_URL: true,
    APPLOYD_DATA: true,
    APPLOYD_BASE_DOMAIN: true,
    APPLOYD_PUBLIC_URL: true,
    LOG_LEVEL: true,
    LOG_FORMAT: true,
  })
  .extend({
    ...certificateSettings,
    EDGE_HOST: z.string().min(1).default('127.0.0.1').describe('Address at which visitors are served.'),
    EDGE_PORT: port.default(8080).describe('Port at which visitors are served; 0 takes any free one.'),
    EDGE_TLS_PORT: port
      .optional()
      .describe(
        'Port at which visitors are served over TLS, with the certificates that the engine orders; 0 takes any free one. Without it TLS is for a proxy in front.',
      ),
    EDGE_NAME: z.string().min(1).max(200).default(hostname).meta({
      description: 'Tells edges apart. One that starts again is to keep its own.',
      shownDefault: "the machine's host name",
    }),
    EDGE_PROBE_URL: httpAddress.optional().meta({
      description: 'Where the engine reaches this edge to try a route.',
      shownDefault: 'where it listens',
    }),
    EDGE_TRUSTED_PROXIES: z
      .string()
      .default('')
      .transform((text) =>
        text
          .split(',')
          .map((each) => each.trim())
          .filter(Boolean),
      )
      .pipe(z.array(subnet))
      .describe(
        'Proxies in front, whose x-forwarded headers are believed: addresses and subnets, with commas between.',
      ),
    EDGE_CONNECTIONS_PER_ADDRESS: z.coerce
      .number()
      .int()
      .min(1)
      .max(1_000_000)
      .default(usualMostPerAddress)
      .describe(
        'Connections of one address that may be open at a time; with Nginx open requests, of each environment by itself. Of IPv6 a network of 64 bits is one. Proxies in `EDGE_TRUSTED_PROXIES` and loopback addresses are not counted.',
      ),
    EDGE_ROUTER: z
      .enum(['embedded', 'nginx'])
      .default('embedded')
      .describe(
        'What serves visitors: `embedded`, a proxy in the edge itself, or `nginx`, which has to be installed and which Compose and systemd take.',
      ),
    EDGE_NGINX_PROGRAM: z.string().min(1).default('nginx').describe('The program, by its name or its full path.'),
    EDGE_NGINX_FOLDER: z.string().startsWith('/', 'is to be a full path').optional().meta({
      description: 'Where the edge keeps what Nginx reads: a folder of its own, closed to others.',
      shownDefault: '`edge/nginx` in `APPLOYD_DATA`',
    }),
    EDGE_NGINX_WORKERS: z.coerce.number().int().min(1).max(512).default(availableParallelism).meta({
      description: 'How many processes of Nginx serve visitors.',
      shownDefault: 'one for each core',
    }),
    EDGE_NGINX_USER: z
      .string()
      .regex(/^[a-z_][a-z0-9_-]*$/, 'is to be the name of an account')
      .default('www-data')
      .describe('Whose account those processes have, when the edge runs as root; best one that nothing else has.'),
    EDGE_NGINX_RELOAD: z
      .string()
      .trim()
      .min(1)
      .transform((text) => text.split(/\s+/))
      .optional()
      .meta({
        description:
          "Makes the host's own Nginx read its configuration again, such as `nginx -p FOLDER -c FOLDER/current/nginx.conf -s reload`; words with spaces between, no shell.",
        shownDefault: 'none: the edge starts Nginx itself',
      }),
    EDGE_METRICS_PORT: port
      .optional()
      .describe('Port at which Prometheus may ask, on this machine only; nowhere when absent.'),
    APPLOYD_SERVER_URL: httpAddress
      .default('http://127.0.0.1:4000')
      .describe('Where the edge and the dashboard reach the API. Browsers reach it through the edge.'),
    APPLOYD_DASHBOARD_URL: httpAddress
      .optional()
      .describe('Where the edge reaches the dashboard. Without one it shows a page that says where the API is.'),
  })
  .superRefine(({ EDGE_TLS_PORT, APPLOYD_CERTIFICATE_SECRET: secret }, { addIssue }) => {
    if (EDGE_TLS_PORT === undefined || secret !== undefined) return;
    const message = "is needed where EDGE_TLS_PORT is set: the engine's own, which the private keys are sealed with";
    addIssue({ code: 'custom', path: ['APPLOYD_CERTIFICATE_SECRET'], message, input: secret });
  });

export type EdgeConfig = z.output<typeof edgeSettings>;

export const readConfig = (env: Readonly<Record<string, string | undefined>> = process.env): EdgeConfig =>
  parseConfig(edgeSettings, env);
