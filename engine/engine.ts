import type { Money } from '@apployd/core/billing';
import type { Clock } from '@apployd/core/clock';
import type { WorkStage } from '@apployd/core/deployment';
import type { Db } from '@apployd/prisma/create-db';
import type { Blobs } from '@apployd/backplane/blobs/blobs';
import type { Events } from '@apployd/backplane/events/events';
import type { Jobs } from '@apployd/backplane/jobs/jobs';
import type { Leases } from '@apployd/backplane/leases/leases';
import type { Logger } from '@apployd/backplane/log/logger';
import type { SecretsInUse } from '@apployd/backplane/log/secrets-in-use';
import type { Logs } from '@apployd/backplane/logs/logs';
import type { MailTransport } from '@apployd/backplane/mail/mail-transport';
import type { OpenPayments } from '@apployd/backplane/payments/payments';
import type { Tally } from '@apployd/backplane/metrics/tally';
import type { Keyring } from '@apployd/backplane/secret-box/keyring';
import type { SecretBox } from '@apployd/backplane/secret-box/secret-box';
import type { Builder } from './builder/builder.js';
import type { Challenges } from './certificates/certificates.js';
import type { Dns } from './dns/dns.js';
import type { StartPlaces } from './instance/start-places.js';
import type { Port80 } from './port-80/port-80.js';
import type { Reservation } from './reservation/reservation.js';
import type { Resolver } from './resolver/resolver.js';
import type { Runtime } from './runtime/runtime.js';
import type { Source } from './source/source.js';
import type { CertificateWork } from './tls/certificate-work.js';
import type { Volumes } from './volume/volumes.js';

/** All that the engine's work needs, built in main.ts. */
export type Engine = {
  readonly db: Db;
  readonly jobs: Jobs;
  readonly events: Events;
  /** Rows with fencing numbers: who really holds a piece of work. */
  readonly leases: Leases;
  /** The fast first gate before them, where there is a Redis. */
  readonly gate: Leases | null;
  readonly logs: Logs;
  readonly blobs: Blobs;
  readonly secretBox: SecretBox;
  readonly keyring: Keyring;
  /** What `log` does not show. */
  readonly secrets: SecretsInUse;
  readonly mail: Pick<MailTransport, 'send'>;
  readonly log: Logger;
  /** What reconcile has found so far. */
  readonly findings: Pick<Tally, 'add'>;
  readonly clock: Clock;
  readonly source: Source;
  readonly builder: Builder;
  readonly runtime: Runtime;
  readonly volumes: Volumes;
  readonly reservation: Reservation;
  /** Of what is brought back. */
  readonly starts: StartPlaces;
  /** Null where no authority is configured: nothing is served over TLS then. */
  readonly certificates: CertificateWork | null;
  /** Null where nothing is for sale. */
  readonly payments: OpenPayments | null;
  readonly resolver: Resolver;
  readonly port80: Port80;
  /** What edges answer on port 80. */
  readonly challenges: Challenges;
  /** Sees to the platform's own host names. */
  readonly dns: Dns;
  /** How full the fullest of this machine's disks is, in percent. */
  readonly diskUse: () => Promise<number>;
  readonly settings: EngineSettings;
};

export type EngineSettings = {
  /** Id of this machine's Server row. */
  readonly serverId: string;
  /** Where sources are unpacked while they are built. */
  readonly workFolder: string;
  /** Where visitors reach the platform; none: what the platform's host names resolve to. */
  readonly edgeAddresses: readonly string[];
  /** The provider's proxy is to stand before the platform's own host names. */
  readonly isDnsProxied: boolean;
  /** Where people reach the dashboard. */
  readonly publicUrl: string;
  /** How an app's URL reads: `http://{hostname}:8080`. */
  readonly appUrl: (hostname: string) => string;
  readonly leaseMs: number;
  /** Memory that a build may use. */
  readonly buildMemoryBytes: number;
  /** How long each stage of a deployment may take. */
  readonly stageTimeoutsMs: Readonly<Record<WorkStage, number>>;
  /** How long steps of builds that came to nothing are kept for the next build. */
  readonly buildCacheMs: number;
  /** Above so much of a disk, in percent, what nothing needs goes sooner. */
  readonly diskWatermark: number;
  /** How long what is owed, or held above the plan, has no consequences. */
  readonly billingGraceDays: number;
  /** What a gigabyte of bandwidth beyond the pool is sold for; null: none is. */
  readonly overagePrice: Money | null;
  /** How long events are kept. */
  readonly eventsMs: number;
  /** How long edges may take to follow a route. */
  readonly routeTimeoutMs: number;
  /** How long requests in flight may take once a release is replaced. */
  readonly drainMs: number;
  /**
   * So many environments are woken at once from each depth of sleep, and half as many of one organization; the others wait
   * in the order in which they were asked for.
   */
  readonly wakesAtOnce: number;
  /** A part of a deployment that is over sooner has nobody look at what is live meanwhile. */
  readonly seenToAfterMs: number;
  /** How long an app may take to end after SIGTERM. */
  readonly stopGraceMs: number;
};
