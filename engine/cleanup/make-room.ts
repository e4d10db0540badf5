import type { Engine } from '../engine.js';
import { forgetSteps } from './forget-steps.js';
import { removeImages } from './remove-images.js';

/** A build that is under way keeps the steps that it stands on. */
const leastMs = 3_600_000;

/** Removes from this machine what nothing needs: after its time, or sooner while a disk is too full. */
export async function makeRoom(engine: Engine): Promise<void> {
  const { buildCacheMs, diskWatermark } = engine.settings;
  const isTooFull = async () => (await engine.diskUse()) > diskWatermark;
  const tooFull = await isTooFull();
  await forgetSteps(engine, tooFull ? Math.min(leastMs, buildCacheMs) : buildCacheMs);
  await removeImages(engine, tooFull ? isTooFull : async () => false);
  if (tooFull) await tellOperator(engine);
}

/** In the log, and as a finding that may be watched. */
async function tellOperator({ diskUse, settings, log, findings }: Engine): Promise<void> {
  const percent = Math.round(await diskUse());
  findings.add('disk.too-full');
  log.error(
    { finding: 'disk.too-full', percent, watermark: settings.diskWatermark },
    percent > settings.diskWatermark
      ? 'A disk of this server is too full, and nothing is left that could be removed: make it larger, or have projects keep fewer releases.'
      : 'A disk of this server was too full: what nothing needs was removed before its time.',
  );
}
