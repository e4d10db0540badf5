import type { Instance, Prisma } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import { isResting } from '../instance/bring-back.js';
import { isOfNow } from '../instance/resize.js';

const include = {
  processes: { where: { name: 'web' } },
  liveDeployment: { select: { instances: { where: { state: { in: ['STARTING', 'RUNNING', 'STOPPING'] } } } } },
} as const satisfies Prisma.EnvironmentInclude;
type Row = Prisma.EnvironmentGetPayload<{ include: typeof include }>;

/**
 * Asks for environments in which not all runs that should, or not as it should. Each is mended by a job of its own: none
 * waits until another is healthy.
 */
export async function askToBringBack(engine: Engine): Promise<void> {
  const live = await engine.db.environment.findMany({
    where: { desiredState: 'RUNNING', liveDeployment: { serving: 'LIVE', serverId: engine.settings.serverId } },
    include,
  });
  for (const environment of live) {
    const running = await runningOf(engine, environment);
    if (running === null) continue;
    if (isShort(engine, environment, running)) await engine.jobs.ask('bring-back', environment.id);
    else if (isOtherwise(engine, environment, running)) await engine.jobs.ask('resize', environment.id);
  }
}

/** Null when it cannot be told: the instances are left alone until the next look. */
async function runningOf(engine: Engine, { liveDeployment }: Row): Promise<readonly Instance[] | null> {
  const instances = liveDeployment?.instances.filter(({ state }) => state === 'RUNNING') ?? [];
  try {
    const reports = await Promise.all(instances.map(({ id }) => engine.runtime.inspect(id)));
    return instances.filter((_, index) => reports[index]?.state === 'running');
  } catch (err) {
    engine.log.warn({ err }, 'cannot tell whether an instance runs');
    return null;
  }
}

/** Something has ended or was cut short; or some are missing or without health, and it is time to start others. */
function isShort(engine: Engine, environment: Row, running: readonly Instance[]): boolean {
  const { processes, liveDeployment } = environment;
  if (running.length < (liveDeployment?.instances.length ?? 0)) return true;
  const well = running.filter(({ unhealthySince }) => unhealthySince === null).length;
  const isIll = well < running.length || well < (processes[0]?.desiredInstances ?? 0);
  return isIll && !isResting(engine, environment);
}

/** Too many run, or some with limits that they should not have or from before a restart, and it is time to try. */
function isOtherwise(
  { clock }: Engine,
  { processes: [process], resizeAfter, generation }: Row,
  running: readonly Instance[],
): boolean {
  if (!process || (resizeAfter && resizeAfter > clock.now())) return false;
  return (
    running.length > process.desiredInstances || running.some((instance) => !isOfNow(instance, process, { generation }))
  );
}
