import { parseConfig } from '@apployd/backplane/config/parse-config';
import { port } from '@apployd/backplane/config/port';
import { sharedSettings } from '@apployd/backplane/config/shared';
import { z } from 'zod';

const { DATABASE_URL, APPLOYD_SECRET, APPLOYD_PUBLIC_URL } = sharedSettings.shape;

/**
 * What the launcher itself wants to know; the rooms read the rest for themselves, and what they share with it is
 * described where they do. A port of 0 is any free one.
 */
export const launchSettings = z.object({
  DATABASE_URL: DATABASE_URL.optional().meta({ shownDefault: 'a PostgreSQL of its own' }),
  APPLOYD_POSTGRES_PORT: port
    .default(5433)
    .describe('Port at which its own PostgreSQL listens, on this machine only; another one when it is taken.'),
  APPLOYD_DATA: z
    .string()
    .min(1)
    .optional()
    .meta({ shownDefault: '`.apployd`, or `/var/lib/apployd` where PostgreSQL cannot reach that' }),
  APPLOYD_SECRET: APPLOYD_SECRET.optional().meta({ shownDefault: 'made at the first start, kept in the data folder' }),
  APPLOYD_PUBLIC_URL: APPLOYD_PUBLIC_URL.unwrap()
    .optional()
    .meta({ shownDefault: '`http://localhost` with the port of the edge' }),
  APPLOYD_SERVER_URL: z.url().optional().meta({ shownDefault: 'where the server listens' }),
  SERVER_HOST: z.string().min(1).default('127.0.0.1'),
  SERVER_PORT: port.default(4000),
  EDGE_HOST: z.string().min(1).default('127.0.0.1'),
  EDGE_PORT: port.default(8080),
  DASHBOARD_HOST: z.string().min(1).default('127.0.0.1'),
  DASHBOARD_PORT: port.default(0),
  /** Whoever runs the platform for themselves begins with more than a customer who pays nothing. */
  SERVER_DEFAULT_PLAN: z.string().min(1).default('HOBBY'),
  LOG_FORMAT: z.enum(['json', 'pretty']).default('pretty'),
});

export type LaunchConfig = z.infer<typeof launchSettings>;
export type Environment = Readonly<Record<string, string | undefined>>;

/** Our own environment with changes; an empty variable counts as absent. */
export function readEnvironment(changes: Environment = {}, env: Environment = process.env): Environment {
  return Object.fromEntries(Object.entries({ ...env, ...changes }).filter(([, value]) => value));
}

export const readConfig = (env: Environment): LaunchConfig => parseConfig(launchSettings, env);
