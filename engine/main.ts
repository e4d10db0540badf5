import { availableParallelism, totalmem } from 'node:os';
import path from 'node:path';
import { systemClock } from '@apployd/core/clock';
import { environmentUrl } from '@apployd/core/hostname';
import { readOveragePrice } from '@apployd/core/overage';
import type { SecretsInUse } from '@apployd/backplane/log/secrets-in-use';
import { openBackplane, type Backplane } from '@apployd/backplane/open-backplane';
import type { MailTransport } from '@apployd/backplane/mail/mail-transport';
import { openMail } from '@apployd/backplane/mail/open-mail';
import { openPayments } from '@apployd/backplane/payments/open-payments';
import { runProcess } from '@apployd/backplane/process/run-process';
import { ownSecrets } from '@apployd/backplane/config/own-secrets';
import { operatorEnvironment, readConfig, type EngineConfig } from './config.js';
import { refuseWrongSecret } from '@apployd/backplane/secret-box/refuse-wrong-secret';
import type { Engine } from './engine.js';
import type { Dns } from './dns/dns.js';
import { openDns } from './dns/open-dns.js';
import { tableChallenges } from './certificates/challenges.js';
import { diskUse } from './disk-use.js';
import { freeFormer } from './free-former.js';
import { collectOutput } from './instance/collect-output.js';
import { removeEverything } from './instance/remove-everything.js';
import { watchHealth } from './instance/watch-health.js';
import { nodePort80 } from './port-80/node.js';
import { nodeResolver } from './resolver/node.js';
import type { Resolver } from './resolver/resolver.js';
import { registerServer, runtimeOf } from './register-server.js';
import { startPlaces } from './instance/start-places.js';
import { reservationOf } from './reservation/of-server.js';
import { chooseRuntime, machineryOf, type Machinery } from './machinery.js';
import { serveMetrics } from './serve-metrics.js';
import { startSchedule } from './schedule.js';
import { followSleep } from './sleep/follow-sleep.js';
import { anySource } from './source/any-source.js';
import { archiveSource } from './source/archive.js';
import { gitSource } from './source/git.js';
import { certificateWorkOf } from './certificates-machinery.js';
import type { CertificateWork } from './tls/certificate-work.js';
import { takeUpFormer } from './take-up-former.js';
import { soonestExpiry } from './tls/soonest-expiry.js';
import { startWorker } from './worker.js';

/** How long work may go on once the process is asked to end; what is not done by then is taken up by the next start. */
const closeGraceMs = 5_000;

await runProcess('engine', {
  readConfig: () => readConfig(),
  closeTimeoutMs: 15_000,
  start: async (config, log, _signal, secrets) => {
    const backplane = await openBackplane(config, { name: 'engine', log, leaseOwner: config.ENGINE_SERVER_NAME });
    await refuseWrongSecret(backplane.db, backplane.secretBox, log);
    const { kind, why } = await chooseRuntime(config, await runtimeOf(backplane.db, config.ENGINE_SERVER_NAME));
    log.info({ runtime: kind }, `releases run in the ${kind} runtime: ${why}`);
    if (kind === 'process') log.warn('processes are not isolated: deploy only code that you trust');
    const ending = new AbortController();
    const machine = { name: config.ENGINE_SERVER_NAME, runtime: kind, slots: config.ENGINE_CONCURRENCY };
    const serverId = await registerServer(backplane.db, machine, new Date());
    const environment = operatorEnvironment();
    const own = [...new Set([...secrets.own, ...ownSecrets(environment)])];
    secrets.hold(own);
    const machinery = await machineryOf(kind, { config, environment, serverId, log, signal: ending.signal });
    const mail = await openMail(config, log);
    const dns = await openDns(config, { clock: systemClock, log });
    const resolver = nodeResolver(config.ENGINE_RESOLVERS);
    const certificates = await certificateWorkOf(config, backplane, { dns, resolver, log });
    const outside = { ...machinery, mail, certificates, dns, resolver };
    const engine = engineOf(config, backplane, outside, { ...secrets, own }, serverId);
    if (certificates) {
      backplane.metrics.gauge({
        name: 'apployd_certificate_expires_seconds',
        help: 'How long the certificate in use that ends first has left.',
        label: 'hostname',
        read: () => soonestExpiry(engine, certificates),
      });
    }

    await freeFormer(engine);
    const worker = await startWorker(engine, config.ENGINE_CONCURRENCY);
    startSchedule(engine, ending.signal);
    const metricsPage = await serveMetrics(backplane.metrics, config.ENGINE_METRICS_PORT);
    const watching = Promise.all([
      takeUpFormer(engine, ending.signal).catch((err: unknown) =>
        log.error({ err }, 'could not take up what was begun'),
      ),
      collectOutput(engine, ending.signal),
      watchHealth(engine, ending.signal),
      followSleep(engine, ending.signal),
    ]);
    return {
      close: async () => {
        await worker.close(closeGraceMs);
        ending.abort();
        await watching;
        await mail.close();
        await metricsPage.close();
        if (config.ENGINE_DISPOSABLE) await removeEverything(engine);
        await backplane.close();
      },
    };
  },
});

type Outside = Machinery & {
  readonly mail: MailTransport;
  readonly certificates: CertificateWork | null;
  readonly dns: Dns;
  readonly resolver: Resolver;
};

function engineOf(
  config: EngineConfig,
  backplane: Backplane,
  outside: Outside,
  secrets: SecretsInUse,
  serverId: string,
): Engine {
  const folder = path.resolve(config.APPLOYD_DATA, 'engine');
  const limits = { deadlineMs: config.ENGINE_FETCH_TIMEOUT_MS, maxBytes: config.ENGINE_SOURCE_MAX_BYTES };
  return {
    ...backplane,
    ...outside,
    secrets,
    findings: backplane.metrics.tally(
      'apployd_reconcile_findings_total',
      'Differences between rows, jobs and machines that were found and healed.',
      'finding',
    ),
    clock: systemClock,
    source: anySource({
      git: gitSource({
        ...limits,
        clock: systemClock,
        access: { localRoot: config.APPLOYD_GIT_LOCAL_ROOT ?? null },
        home: path.join(folder, 'git'),
        environment: operatorEnvironment(),
        sshKeyFile: config.ENGINE_SSH_KEY_FILE,
      }),
      archive: archiveSource(backplane.blobs, limits),
    }),
    payments: openPayments(config),
    port80: nodePort80(),
    challenges: tableChallenges({ db: backplane.db, clock: systemClock }),
    reservation: reservationOf(backplane.db, {
      serverId,
      totalBytes: reservedMemoryOf(config),
      waitMs: config.ENGINE_RESERVED_MEMORY_TIMEOUT_MS,
      clock: systemClock,
      log: backplane.log,
    }),
    starts: startPlaces({ places: 2 * availableParallelism(), heldMs: slowStartMs, clock: systemClock }),
    diskUse: diskUse([config.APPLOYD_DATA, ...outside.folders]),
    settings: {
      serverId,
      isDnsProxied: config.ENGINE_DNS_PROXIED,
      edgeAddresses: config.APPLOYD_EDGE_ADDRESSES,
      workFolder: path.join(folder, 'work'),
      publicUrl: config.APPLOYD_PUBLIC_URL,
      appUrl: (hostname) => environmentUrl(config.APPLOYD_PUBLIC_URL, hostname),
      leaseMs: 15_000,
      buildMemoryBytes: config.ENGINE_BUILD_MEMORY_BYTES,
      stageTimeoutsMs: {
        FETCH: config.ENGINE_FETCH_TIMEOUT_MS,
        BUILD: config.ENGINE_BUILD_TIMEOUT_MS,
        RELEASE: config.ENGINE_RELEASE_TIMEOUT_MS,
        START: config.ENGINE_START_TIMEOUT_MS,
        HEALTH_CHECK: config.ENGINE_HEALTH_CHECK_TIMEOUT_MS,
        SWITCH: config.ENGINE_SWITCH_TIMEOUT_MS,
      },
      buildCacheMs: config.ENGINE_BUILD_CACHE_HOURS * 3_600_000,
      diskWatermark: config.ENGINE_DISK_WATERMARK_PERCENT,
      billingGraceDays: config.BILLING_GRACE_DAYS,
      overagePrice: readOveragePrice(config.BILLING_OVERAGE_PRICE),
      eventsMs: config.ENGINE_EVENT_DAYS * 86_400_000,
      routeTimeoutMs: config.ENGINE_ROUTE_TIMEOUT_MS,
      drainMs: config.ENGINE_DRAIN_MS,
      stopGraceMs: config.ENGINE_STOP_GRACE_MS,
      seenToAfterMs: 1_000,
      wakesAtOnce: 2 * availableParallelism(),
    },
  };
}

/** An app that takes longer to start has used the machine's cores by then, or waits for something else. */
const slowStartMs = 15_000;

function reservedMemoryOf({ ENGINE_RESERVED_MEMORY_BYTES, ENGINE_BUILD_MEMORY_BYTES }: EngineConfig): number {
  return ENGINE_RESERVED_MEMORY_BYTES ?? Math.min(totalmem(), Math.floor(totalmem() / 4) + ENGINE_BUILD_MEMORY_BYTES);
}
