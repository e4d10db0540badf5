import { setMaxListeners } from 'node:events';
import { reportOverage } from './billing/report-overage.js';
import { settleDue } from './billing/settle-due.js';
import { forgetExpired } from './cleanup/forget-expired.js';
import { forgetHistory } from './cleanup/forget-history.js';
import { forgetNetworks } from './cleanup/forget-networks.js';
import { forgetReports } from './cleanup/forget-reports.js';
import { forgetUploads } from './cleanup/forget-uploads.js';
import { forgetUsage } from './cleanup/forget-usage.js';
import { makeRoom } from './cleanup/make-room.js';
import { retireReleases } from './cleanup/retire-releases.js';
import { checkDueDomains } from './domain/check-due.js';
import type { Engine } from './engine.js';
import { reconcileRows, reconcileServer } from './reconcile/reconcile.js';
import { advanceRollouts } from './rollout/advance.js';
import { endPointlessRollouts } from './rollout/end-pointless.js';
import { noticeEnded } from './rollout/notice-ended.js';
import { beginDue } from './schedule/begin-due.js';
import { every } from './schedule/every.js';
import { heartbeat } from './schedule/heartbeat.js';
import { noteSchedule } from './schedule/note-schedule.js';
import { fallAsleep } from './sleep/fall-asleep.js';
import { forgetWakes } from './sleep/forget-wakes.js';
import { wakeBySchedule } from './sleep/wake-by-schedule.js';
import { keepCertificates } from './tls/keep-certificates.js';
import { warnOfExpiry } from './tls/warn-of-expiry.js';
import { holdToBandwidth } from './usage/hold-to-bandwidth.js';
import { sampleUsage } from './usage/sample-usage.js';
import { warnOfBandwidth } from './usage/warn-of-bandwidth.js';

/** Work that is done again and again. The name is its key in the database and in the log. */
export type Recurring = {
  readonly name: string;
  readonly everyMs: number;
  readonly run: (engine: Engine, signal: AbortSignal) => Promise<void>;
};

/** Done once for all engines when it is due, by whichever is first. */
const forAllServers: readonly Recurring[] = [
  { name: 'reconcile rows', everyMs: 15_000, run: reconcileRows },
  { name: 'keep certificates', everyMs: 15_000, run: keepCertificates },
  { name: 'warn of certificates', everyMs: 60_000, run: warnOfExpiry },
  { name: 'check domains', everyMs: 15_000, run: checkDueDomains },
  { name: 'fall asleep', everyMs: 15_000, run: fallAsleep },
  { name: 'wake by schedule', everyMs: 15_000, run: wakeBySchedule },
  { name: 'advance rollouts', everyMs: 5_000, run: advanceRollouts },
  { name: 'end pointless rollouts', everyMs: 5_000, run: endPointlessRollouts },
  { name: 'retire old releases', everyMs: 60_000, run: retireReleases },
  { name: 'settle billing', everyMs: 60_000, run: settleDue },
  { name: 'report overage', everyMs: 600_000, run: reportOverage },
  { name: 'forget what has expired', everyMs: 600_000, run: forgetExpired },
  { name: 'forget old wakes', everyMs: 3_600_000, run: forgetWakes },
  { name: 'forget old uploads', everyMs: 600_000, run: forgetUploads },
  { name: 'warn of bandwidth', everyMs: 60_000, run: warnOfBandwidth },
  { name: 'hold to bandwidth', everyMs: 15_000, run: holdToBandwidth },
  { name: 'forget old reports', everyMs: 3_600_000, run: forgetReports },
  { name: 'forget old usage', everyMs: 3_600_000, run: forgetUsage },
  { name: 'forget old lines and events', everyMs: 600_000, run: forgetHistory },
];

/** Done by each engine for the machine that it runs on. */
const onEachServer: readonly Recurring[] = [
  { name: 'heartbeat', everyMs: 5_000, run: heartbeat },
  { name: 'reconcile this server', everyMs: 15_000, run: reconcileServer },
  { name: 'notice ended rollouts', everyMs: 5_000, run: noticeEnded },
  { name: 'sample usage', everyMs: 60_000, run: sampleUsage },
  // Often: steps of builds are passed over while there is a build, and disks fill up quickly.
  { name: 'make room', everyMs: 60_000, run: makeRoom },
  { name: 'forget networks', everyMs: 600_000, run: forgetNetworks },
  { name: 'note the schedule', everyMs: 60_000, run: (engine) => noteSchedule(engine, forAllServers) },
];

/** How late what is due may begin. */
const lookEveryMs = 500;

/** Starts all of it, each at once and then at its interval, until the signal fires. */
export function startSchedule(engine: Engine, signal: AbortSignal): void {
  // All of them listen to it.
  setMaxListeners(0, signal);
  for (const work of onEachServer) every(engine, work, signal);
  every(engine, { name: 'what is due', everyMs: lookEveryMs, run: beginDue(forAllServers) }, signal);
}
