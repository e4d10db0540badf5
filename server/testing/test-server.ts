import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { folderBlobs } from '@apployd/backplane/blobs/folder';
import { memoryEvents } from '@apployd/backplane/events/memory';
import { memoryLimits } from '@apployd/backplane/limits/memory';
import { silentLogger } from '@apployd/backplane/log/logger';
import { memoryLogs } from '@apployd/backplane/logs/memory';
import { createMetrics } from '@apployd/backplane/metrics/metrics';
import { aesGcmSecretBox } from '@apployd/backplane/secret-box/aes-gcm';
import { organizationKeys } from '@apployd/backplane/secret-box/organization-keys';
import type { Db } from '@apployd/prisma/create-db';
import { testDatabase, type TestDatabase } from '@apployd/prisma/test-database';
import { countingDb } from '@apployd/prisma/counting-db';
import { somePayments } from './some-payments.js';
import { createApp, type AppOptions } from '../app.js';
import type { ServerSettings } from '../config.js';

const secret = 'a-secret-of-tests-that-is-long-enough';

export const testSettings: ServerSettings = {
  // Statements are counted: on a slow machine too a look at who pays is among the first ones alone.
  paysRememberedMs: 3_600_000,
  // On a slow machine too what is sent is received.
  eventKeptWithinMs: 20_000,
  APPLOYD_SECRET: secret,
  APPLOYD_BASE_DOMAIN: 'apps.test',
  APPLOYD_EDGE_ADDRESSES: ['192.0.2.1', '2001:db8::1'],
  APPLOYD_PUBLIC_URL: 'http://platform.test:8080',
  SERVER_DEFAULT_PLAN: 'HOBBY',
  // Tests ask much and fast; those of the rates say what they want.
  SERVER_RATE_POINTS: 1e9,
  SERVER_RATE_POINTS_PER_SECOND: 1e6,
  SERVER_RATE_PAID_POINTS: 1e9,
  SERVER_RATE_PAID_POINTS_PER_SECOND: 1e6,
  SERVER_RATE_ANONYMOUS_POINTS: 1e9,
  SERVER_RATE_MUTATIONS: 1e6,
  SERVER_RATE_DEPLOYMENTS: 1e6,
  SERVER_RATE_UPLOAD_BYTES: 1e15,
  SERVER_RATE_SUBSCRIPTIONS: 1e6,
  SERVER_SIGN_UP: 'open',
  BILLING_OVERAGE_PRICE: '5 EUR',
};

export type TestServer = Awaited<ReturnType<typeof testServer>>;

type Overrides = Partial<
  Pick<
    AppOptions,
    'jobs' | 'log' | 'payments' | 'readPaymentEvent' | 'limits' | 'timeLimits' | 'socketTimes' | 'attemptLimits'
  >
> & {
  readonly settings?: Partial<ServerSettings>;
  /** A database to use instead of one of its own. */
  readonly database?: TestDatabase;
};

/** Tests sign many people up from one address, and ask much of each. Guessing passwords stays as slow as it is. */
const many = { burst: 10_000, refillMs: 1 };
export const manyAttempts = { signUp: many, password: many, code: many, verification: many, link: many, reset: many };

/** What seals secrets, alike for every server of a test. */
export function sealing(db: Db, by = secret) {
  const secretBox = aesGcmSecretBox(by);
  return { secretBox, keyring: organizationKeys(db, secretBox) };
}

/** The whole server on a port of its own, with a database of its own and everything else in memory. */
export async function testServer(overrides: Overrides = {}) {
  const {
    settings,
    jobs,
    log = silentLogger,
    limits,
    timeLimits,
    socketTimes,
    attemptLimits = manyAttempts,
  } = overrides;
  const database = overrides.database ?? (await testDatabase());
  const folder = await mkdtemp(path.join(tmpdir(), 'apployd-server-'));
  const asked: string[] = [];
  const counted = countingDb(database.url);
  const ports = {
    db: counted.db,
    jobs: jobs ?? { ask: async (name: string, id: string) => void asked.push(`${name} ${id}`) },
    events: memoryEvents(),
    logs: memoryLogs(),
    blobs: folderBlobs(folder),
    ...sealing(counted.db, settings?.APPLOYD_SECRET),
  };
  const app = createApp({
    ...ports,
    payments: overrides.payments === undefined ? async () => somePayments : overrides.payments,
    readPaymentEvent: overrides.readPaymentEvent ?? null,
    log,
    limits: limits ?? memoryLimits(),
    timeLimits,
    socketTimes,
    attemptLimits,
    metrics: createMetrics('server'),
    settings: { ...testSettings, ...settings },
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    ...ports,
    db: database.db,
    databaseUrl: database.url,
    url,
    /** What was asked of the queue: `deploy <id>`. */
    asked,
    /** Statements that the server has sent to its database so far. */
    statements: counted.statements,
    app,
    openStreams: () => app.openStreams(),
    dropDatabase: () => database.close(),
    close: async () => {
      await app.close();
      await counted.db.$disconnect();
      if (!overrides.database) await database.close();
      await rm(folder, { recursive: true });
    },
  };
}
