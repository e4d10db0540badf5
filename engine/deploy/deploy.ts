import type { Engine } from '../engine.js';
import { askNext, takeTurn } from './line.js';
import { claim } from './claim.js';
import { closeLog } from './close-log.js';
import { conclude } from './conclude.js';
import { enter } from './enter.js';
import { ensureRelease } from './ensure-release.js';
import { becomeHealthy } from './healthy.js';
import { notedFailure } from './noted-failure.js';
import { prepareRuntime } from './prepare-runtime.js';
import { goReady } from './ready.js';
import { runReleaseCommand } from './release-command.js';
import { besideFormer } from './room.js';
import { beginRollout } from '../rollout/begin.js';
import { finishRollout } from '../rollout/finish.js';
import { rolloutGoesOn } from '../rollout/goes-on.js';
import { runsElsewhere } from '../rollout/runs-elsewhere.js';
import type { Run } from './run.js';
import { startFormerAgain } from './start-former-again.js';
import { comeAgain, handOverMs } from './come-again.js';
import { startInstances } from './start-instances.js';
import { stopFormer, volumesOf } from './stop-former.js';
import { noteTakingBack } from './take-back.js';
import { stopOnCancel } from './stop-on-cancel.js';
import { switchVisitors } from './switch-visitors.js';
import { whileLiveIsSeenTo, whileLiveIsSeenToWithoutVolume, whileLiveStands } from './while-live-is-seen-to.js';
import { withUndo, type Undo } from './undo.js';

/** Turns a queued deployment into a live URL. Safe to run again: every step finds what it made before. */
export async function deploy(engine: Engine, id: string, signal: AbortSignal): Promise<void> {
  const turn = await takeTurn(engine, id);
  if (!turn) return;
  const { environmentId, status } = turn;
  if (status === 'DEPLOYING' && (await runsElsewhere(engine, id)))
    return engine.jobs.ask('deploy', id, { delayMs: handOverMs });
  const done = await alone(engine, id, environmentId, (fence, lost) =>
    work(engine, id, fence, AbortSignal.any([signal, lost])),
  );
  if (!done) return comeAgain(engine, id, environmentId);
  await askNext(engine);
  await startFormerAgain(engine, environmentId);
}

/** One worker a deployment by the fast gate, one deployment an environment by the lease. False when another is at it. */
async function alone(
  { gate, leases, settings }: Engine,
  id: string,
  environmentId: string,
  work: (fence: bigint, lost: AbortSignal) => Promise<void>,
): Promise<boolean> {
  const holdLease = () => leases.hold(`environment:${environmentId}`, settings.leaseMs, work);
  if (!gate) return (await holdLease()) !== null;
  const held = await gate.hold(`deploy:${id}`, settings.leaseMs, holdLease);
  return Boolean(held?.value);
}

async function work(engine: Engine, id: string, fence: bigint, signal: AbortSignal): Promise<void> {
  // It is moved on by its schedule, not by a worker.
  if (await rolloutGoesOn(engine, id)) return;
  const run = await claim(engine, id, fence);
  if (!run) return;
  const cancel = stopOnCancel(engine, run, signal);
  try {
    const replaced = await withUndo(engine, run, (undo) => goLive(engine, run, undo, cancel.signal));
    if (replaced) await engine.jobs.ask('retire', replaced, { delayMs: engine.settings.drainMs });
  } catch (error) {
    await conclude(engine, run, error, cancel.signal);
  } finally {
    cancel.dispose();
    await closeLog(engine, run);
    run.variables.forget();
  }
}

/**
 * The whole journey, or as far as it goes without a rollout, which is on its own from there. Returns the deployment that this
 * one replaced. Nothing that may fail follows `goReady`.
 */
async function goLive(engine: Engine, run: Run, undo: Undo, signal: AbortSignal): Promise<string | null> {
  noteTakingBack(engine, run, undo, signal);
  const failure = notedFailure(run);
  if (failure) throw failure;
  const { rollout } = run.deployment;
  if (rollout) return finishRollout(engine, run, rollout, signal);
  prepareRuntime(engine, run, undo);
  const release = await whileLiveIsSeenTo(engine, run, signal, () => ensureRelease(engine, run, signal));
  const volumes = await volumesOf(engine, run);
  await enter(engine, run, 'DEPLOYING', { stopsFirst: volumes.length > 0 });
  await stopFormer(engine, run, volumes, signal);
  // What has a volume has just been stopped.
  const meanwhile = volumes.length > 0 ? whileLiveStands : whileLiveIsSeenToWithoutVolume;
  await meanwhile(engine, run, signal, () => runReleaseCommand(engine, run, release, signal));
  return besideFormer(meanwhile, async (room) => {
    const instances = await startInstances(engine, run, release, signal, room);
    await becomeHealthy(engine, run, release, instances, signal);
    if (await beginRollout(engine, run, instances)) return null;
    await switchVisitors(engine, run, release, instances, signal);
    return goReady(engine, run, instances);
  });
}
