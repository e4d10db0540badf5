import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { systemClock } from '@apployd/core/clock';
import { GiB } from '@apployd/core/resources';
import { newId } from '@apployd/core/id';
import { folderBlobs } from '@apployd/backplane/blobs/folder';
import { memoryEvents } from '@apployd/backplane/events/memory';
import { memoryJobs } from '@apployd/backplane/jobs/memory';
import { memoryLeases } from '@apployd/backplane/leases/memory';
import { postgresLeases } from '@apployd/backplane/leases/postgres';
import { createLogger } from '@apployd/backplane/log/logger';
import { secretsInUse } from '@apployd/backplane/log/secrets-in-use';
import { memoryLogs } from '@apployd/backplane/logs/memory';
import { memoryMail, type MemoryMail } from '@apployd/backplane/mail/memory';
import { tallyOf, type Tally } from '@apployd/backplane/metrics/tally';
import { aesGcmSecretBox } from '@apployd/backplane/secret-box/aes-gcm';
import { organizationKeys } from '@apployd/backplane/secret-box/organization-keys';
import type { TestDatabase } from '@apployd/prisma/test-database';
import { tableChallenges } from '../certificates/challenges.js';
import type { Engine } from '../engine.js';
import { registerServer } from '../register-server.js';
import { startPlaces } from '../instance/start-places.js';
import { reservationOf } from '../reservation/of-server.js';
import { fakeMachine, fakeRuntime, type FakeApp, type FakeMachine } from '../runtime/fake.js';
import { fakeDns, type FakeDns } from '../dns/fake.js';
import { fakePort80, type FakePort80 } from '../port-80/fake.js';
import { fakeResolver, type FakeResolver } from '../resolver/fake.js';
import { fakeSource, type FakeSource } from '../source/fake.js';
import { fakeVolumes } from '../volume/fake.js';
import { fakeEdge, type FakeEdge } from './fake-edge.js';
import { stubbornBuilder, type StubbornBuilder } from './stubborn-builder.js';

/** An engine on a test's database, with fakes of the outside world and an edge that follows its routes. */
export type TestEngine = Engine & {
  readonly machine: FakeMachine;
  readonly source: FakeSource;
  readonly builder: StubbornBuilder;
  readonly edge: FakeEdge;
  /** The engine's own log, line by line. */
  readonly said: readonly string[];
  readonly mail: MemoryMail;
  readonly resolver: FakeResolver;
  readonly port80: FakePort80;
  readonly dns: FakeDns;
  readonly findings: Tally;
  /** What the repository's next commits run: the app is known by the name of its branch. */
  publish(branch: string, app: FakeApp): void;
  close(): Promise<void>;
};

export const repositoryUrl = 'https://git.example.com/shop.git';

type AnEngine = {
  readonly slots?: number;
  /** What its server keeps for builds and surges, and what a build needs of it. */
  readonly reservedBytes?: number;
  readonly buildMemoryBytes?: number;
};

/** Many slots and much memory, unless a test is about them: its database may hold what another has left at work. */
export async function anEngine(
  { db }: TestDatabase,
  { slots = 100, reservedBytes = 1_000 * GiB, buildMemoryBytes = 2 * GiB }: AnEngine = {},
): Promise<TestEngine> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'apployd-engine-'));
  const events = memoryEvents();
  const machine = fakeMachine({});
  const source = fakeSource();
  const builder = stubbornBuilder(machine);
  const mail = memoryMail();
  const resolver = fakeResolver();
  const port80 = fakePort80(db);
  const dns = fakeDns();
  const edge = await fakeEdge(db, events);
  const secrets = secretsInUse(['the-own-secret-of-the-platform']);
  const said: string[] = [];
  const findings = tallyOf('findings', 'What reconcile has found.', 'finding');
  const serverId = await registerServer(db, { name: `server-${newId()}`, runtime: 'fake', slots }, new Date());
  const secretBox = aesGcmSecretBox('a secret that is long enough for a test');
  const log = createLogger({
    name: 'engine',
    level: 'warn',
    format: 'json',
    secrets,
    write: (line) => said.push(line),
  });
  const engine: Engine = {
    db,
    events,
    jobs: memoryJobs(),
    leases: postgresLeases(db),
    gate: memoryLeases(),
    logs: memoryLogs(events),
    blobs: folderBlobs(path.join(folder, 'blobs')),
    secretBox,
    keyring: organizationKeys(db, secretBox),
    secrets,
    log,
    mail,
    findings,
    clock: systemClock,
    source,
    builder,
    runtime: fakeRuntime(machine),
    volumes: fakeVolumes(machine.disk),
    certificates: null,
    payments: null,
    resolver,
    port80,
    challenges: tableChallenges({ db, clock: systemClock }),
    dns,
    reservation: reservationOf(db, { serverId, totalBytes: reservedBytes, waitMs: 25_000, clock: systemClock, log }),
    starts: startPlaces({ places: 4, heldMs: 1_000, clock: systemClock }),
    diskUse: async () => 10,
    settings: {
      serverId,
      buildMemoryBytes,
      workFolder: path.join(folder, 'work'),
      edgeAddresses: ['192.0.2.1', '2001:db8::1'],
      isDnsProxied: false,
      publicUrl: 'https://apployd.test',
      appUrl: (hostname) => `http://${hostname}`,
      leaseMs: 15_000,
      stageTimeoutsMs: {
        FETCH: 10_000,
        BUILD: 10_000,
        RELEASE: 10_000,
        START: 10_000,
        HEALTH_CHECK: 70_000,
        SWITCH: 30_000,
      },
      buildCacheMs: 3_600_000,
      diskWatermark: 85,
      billingGraceDays: 7,
      overagePrice: null,
      eventsMs: 90 * 86_400_000,
      routeTimeoutMs: 10_000,
      drainMs: 0,
      stopGraceMs: 1_000,
      seenToAfterMs: 50,
      wakesAtOnce: 4,
    },
  };
  return {
    ...engine,
    machine,
    source,
    builder,
    edge,
    said,
    resolver,
    port80,
    dns,
    mail,
    findings,
    publish: (branch, app) => {
      source.publish(repositoryUrl, { 'app.txt': branch });
      builder.apps.set(branch, app);
    },
    close: async () => {
      await edge.close();
      for (const instance of machine.instances.values()) instance.exit(0);
      await engine.jobs.close();
      await engine.logs.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
