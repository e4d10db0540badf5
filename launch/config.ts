import { parseConfig } from '@apployd/backplane/config/parse-config';
import { port } from '@apployd/backplane/config/port';
import { sharedSettings } from '@apployd/backplane/config/shared';
import { z } from 'zod';

const { DATABASE_URL, APPLOYD_SECRET, APPLOYD_PUBLIC_URL } = sharedSettings.shape;

/** What the launcher itself wants to know; the rooms read the rest for themselves. A port of 0 is any free one. */
const launchSettings = z.object({
  /** A PostgreSQL to use instead of the embedded one. */
  DATABASE_URL: DATABASE_URL.optional(),
  /** Where the embedded PostgreSQL listens; another port when this one is taken. */
  APPLOYD_POSTGRES_PORT: port.default(5433),
  /** `.apployd` when absent. */
  APPLOYD_DATA: z.string().min(1).optional(),
  /** Made at the first start and kept in the data folder when absent. */
  APPLOYD_SECRET: APPLOYD_SECRET.optional(),
  APPLOYD_PUBLIC_URL: APPLOYD_PUBLIC_URL.unwrap().optional(),
  APPLOYD_SERVER_URL: z.url().optional(),
  SERVER_HOST: z.string().min(1).default('127.0.0.1'),
  SERVER_PORT: port.default(4000),
  EDGE_HOST: z.string().min(1).default('127.0.0.1'),
  EDGE_PORT: port.default(8080),
  DASHBOARD_HOST: z.string().min(1).default('127.0.0.1'),
  /** Visitors reach the dashboard through the edge, so that any free port will do. */
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
