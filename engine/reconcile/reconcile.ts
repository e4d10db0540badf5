import type { Engine } from '../engine.js';
import { askForLost } from './ask-for-lost.js';
import { askForMail } from './ask-for-mail.js';
import { askToBringBack } from './ask-to-bring-back.js';
import { askToErase } from './ask-to-erase.js';
import { askToStop } from './ask-to-stop.js';
import { discardBuilds } from './discard-builds.js';
import { endLogs } from './end-logs.js';
import { mendRoutes } from './mend-routes.js';
import { removeLeftovers } from './remove-leftovers.js';

const mends = [
  askForLost,
  askForMail,
  mendRoutes,
  removeLeftovers,
  askToStop,
  askToBringBack,
  discardBuilds,
  endLogs,
  askToErase,
] as const;

/** Compares the rows with what runs, and mends each difference on its own: one that fails does not keep the others. */
export async function reconcile(engine: Engine): Promise<void> {
  await engine.leases.hold(`reconcile:${engine.settings.serverId}`, engine.settings.leaseMs, async () => {
    for (const mend of mends) {
      await mend(engine).catch((err: unknown) => engine.log.error({ err, mend: mend.name }, 'could not reconcile'));
    }
  });
}
