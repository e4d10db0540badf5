import { z } from 'zod';

/** 0 takes any free one. */
const port = z.coerce.number().int().min(0).max(65_535);

/** What the launcher itself wants to know; the rooms read the rest for themselves. */
const launchSettings = z.object({
  /** A PostgreSQL to use instead of the embedded one. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  /** Where the embedded PostgreSQL listens; another port when this one is taken. */
  APPLOYD_POSTGRES_PORT: port.default(5433),
  /** `.apployd` when absent. */
  APPLOYD_DATA: z.string().min(1).optional(),
  /** Made at the first start and kept in the data folder when absent. */
  APPLOYD_SECRET: z.string().min(32).optional(),
  APPLOYD_PUBLIC_URL: z.url().optional(),
  APPLOYD_SERVER_URL: z.url().optional(),
  SERVER_HOST: z.string().min(1).default('127.0.0.1'),
  SERVER_PORT: port.default(4000),
  EDGE_HOST: z.string().min(1).default('127.0.0.1'),
  EDGE_PORT: port.default(8080),
  LOG_FORMAT: z.enum(['json', 'pretty']).default('pretty'),
});

export type LaunchConfig = z.infer<typeof launchSettings>;
export type Environment = Readonly<Record<string, string | undefined>>;

/** Our own environment with changes; an empty variable counts as absent. */
export function readEnvironment(changes: Environment = {}, env: Environment = process.env): Environment {
  return Object.fromEntries(Object.entries({ ...env, ...changes }).filter(([, value]) => value));
}

export const readConfig = (env: Environment): LaunchConfig => launchSettings.parse(env);
