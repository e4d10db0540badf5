import type { Engine } from '../engine.js';
import { eraseExpiredVolumes } from '../volume/erase.js';
import { askForLost } from './ask-for-lost.js';
import { askForPaymentEvents } from '../billing/ask-for-events.js';
import { askForMail } from './ask-for-mail.js';
import { askToBringBack } from './ask-to-bring-back.js';
import { askToErase } from './ask-to-erase.js';
import { askToEraseEnvironments } from './ask-to-erase-environments.js';
import { askToStop } from './ask-to-stop.js';
import { discardBuilds } from './discard-builds.js';
import { endLogs } from './end-logs.js';
import { forgetLeases } from './forget-leases.js';
import { mendRoutes } from './mend-routes.js';
import { noticeSilent } from './notice-silent.js';
import { removeLeftovers } from './remove-leftovers.js';

type Mend = (engine: Engine) => Promise<void>;

const ofRows: readonly Mend[] = [
  noticeSilent,
  askForLost,
  askForMail,
  askForPaymentEvents,
  mendRoutes,
  endLogs,
  askToErase,
  askToEraseEnvironments,
  forgetLeases,
];
const ofServer: readonly Mend[] = [removeLeftovers, askToStop, askToBringBack, discardBuilds, eraseExpiredVolumes];

/** Compares rows with each other and with what was asked for, for all servers. */
export function reconcileRows(engine: Engine, signal: AbortSignal): Promise<void> {
  return mendAll(engine, ofRows, signal);
}

/** Compares the rows with what runs and lies on this machine. */
export async function reconcileServer(engine: Engine, signal: AbortSignal): Promise<void> {
  const { serverId, leaseMs } = engine.settings;
  await engine.leases.hold(`reconcile:${serverId}`, leaseMs, (_, lost) =>
    mendAll(engine, ofServer, AbortSignal.any([signal, lost])),
  );
}

/** Mends each difference on its own: one that fails does not keep the others. */
async function mendAll(engine: Engine, mends: readonly Mend[], signal: AbortSignal): Promise<void> {
  for (const mend of mends) {
    if (signal.aborted) return;
    await mend(engine).catch((err: unknown) => engine.log.error({ err, mend: mend.name }, 'could not reconcile'));
  }
}
