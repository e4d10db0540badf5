import os from 'node:os';
import { z } from 'zod';
import { parseConfig } from '@apployd/backplane/config/parse-config';
import { sharedSettings } from '@apployd/backplane/config/shared';
import { checkSender, mailSettings } from '@apployd/backplane/mail/mail-settings';
import { GiB } from '@apployd/core/resources';

const milliseconds = z.coerce.number().int().positive();
const bytes = z.coerce.number().int().positive();

/** The engine's environment variables. */
export const engineSettings = z
  .object({
    ...sharedSettings.shape,
    ...mailSettings,
    /** Where releases run: in Docker, as processes of this machine, or in Docker when an engine answers. */
    ENGINE_RUNTIME: z.enum(['auto', 'docker', 'process']).default('auto'),
    /** Name of this machine among the servers. */
    ENGINE_SERVER_NAME: z.string().min(1).default(os.hostname()),
    /** Docker's socket or address; what Docker's own client would take when absent. */
    DOCKER_HOST: z.string().min(1).optional(),
    /** Deployments at the same time. */
    ENGINE_CONCURRENCY: z.coerce.number().int().min(1).max(100).default(4),
    ENGINE_FETCH_TIMEOUT_MS: milliseconds.default(120_000),
    ENGINE_BUILD_TIMEOUT_MS: milliseconds.default(15 * 60_000),
    /** How long edges may take to follow a route. */
    ENGINE_ROUTE_TIMEOUT_MS: milliseconds.default(15_000),
    /** How long requests in flight may go on once their release is replaced. */
    ENGINE_DRAIN_MS: milliseconds.default(5_000),
    /** How long an app may take to end after SIGTERM. */
    ENGINE_STOP_GRACE_MS: milliseconds.default(10_000),
    ENGINE_SOURCE_MAX_BYTES: bytes.default(GiB),
    /** What one release may take up where releases are folders. */
    ENGINE_RELEASE_MAX_BYTES: bytes.default(4 * GiB),
    /** Private key that is shown to git hosts over ssh. */
    ENGINE_SSH_KEY_FILE: z.string().startsWith('/').optional(),
    ENGINE_BUILD_MEMORY_BYTES: bytes.default(2 * GiB),
    ENGINE_BUILD_CPU_MILLICORES: z.coerce.number().int().positive().default(2000),
    /** The installation is thrown away when it ends: apps and images go with it. For demos and tests. */
    ENGINE_DISPOSABLE: z.stringbool().default(false),
    /** Addresses from which each project is given a network of its own. */
    ENGINE_DOCKER_SUBNETS: z.cidrv4().default('10.212.0.0/14'),
  })
  .superRefine(checkSender);

export type EngineConfig = z.infer<typeof engineSettings>;

/** What git and builds may inherit of it: each picks the few variables that it needs. */
export function operatorEnvironment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}

export function readConfig(environment: Readonly<Record<string, string | undefined>> = process.env): EngineConfig {
  return parseConfig(engineSettings, environment);
}
