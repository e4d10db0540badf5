import { activeStatuses } from '@apployd/core/deployment';
import type { Instance, Prisma, Process } from '@apployd/prisma/generated/client/client';
import { goesOn } from '../rollout/goes-on.js';
import type { Engine } from '../engine.js';

const include = {
  processes: { where: { name: 'web' } },
  liveDeployment: {
    include: {
      release: true,
      instances: { where: { state: { notIn: ['STOPPED', 'CRASHED'] } }, orderBy: { id: 'asc' } },
    },
  },
} as const satisfies Prisma.EnvironmentInclude;
type Row = Prisma.EnvironmentGetPayload<{ include: typeof include }>;

/** An environment in which something is to run: what, how much of it, and the rows of what has not ended. */
export type LiveEnvironment = {
  readonly environment: Row;
  readonly live: NonNullable<Row['liveDeployment']>;
  readonly process: Process;
  readonly instances: readonly Instance[];
};

/** Null when nothing is to run there. */
export async function liveEnvironment({ db }: Engine, id: string): Promise<LiveEnvironment | null> {
  const environment = await db.environment.findUnique({ where: { id }, include });
  if (!environment?.liveDeployment || environment.desiredState !== 'RUNNING') return null;
  const { liveDeployment: live, processes } = environment;
  const [process] = processes;
  return process ? { environment, live, process, instances: live.instances } : null;
}

/** Why work on what is live ended early: whoever deploys goes on with it. */
export class DeploymentFirst extends Error {
  override readonly name = 'DeploymentFirst';
  constructor() {
    super('A deployment goes first.');
  }
}

/** Before which deployments the work stands back: all of them, or those that got their slot. One that waits for a slot may do so for long. */
type StandsBack = 'BEFORE_ALL' | 'BEFORE_THOSE_WITH_A_SLOT';

/**
 * Work on what runs in the environment, by nobody else at the time, unless somebody deploys: that goes first. False when
 * somebody else has it.
 */
export async function whileAlone(
  engine: Engine,
  environmentId: string,
  signal: AbortSignal,
  work: (live: LiveEnvironment, signal: AbortSignal) => Promise<void>,
  standsBack: StandsBack = 'BEFORE_ALL',
): Promise<boolean> {
  const isToStandBack = () => isDeploymentFirst(engine, environmentId, standsBack);
  const held = await engine.leases.hold(`environment:${environmentId}`, engine.settings.leaseMs, async (_, lost) => {
    const live = await liveEnvironment(engine, environmentId);
    if (!live || (await isToStandBack())) return;
    const watch = untilStandingBack(isToStandBack, AbortSignal.any([signal, lost]));
    await work(live, watch.signal).finally(() => watch.dispose());
  });
  return held !== null;
}

const lookForDeploymentsMs = 1_000;

/** A signal that also fires once somebody deploys: what they deploy may be the repair. */
function untilStandingBack(
  isToStandBack: () => Promise<boolean>,
  signal: AbortSignal,
): { readonly signal: AbortSignal; dispose(): void } {
  const stop = new AbortController();
  let isLooking = false;
  const look = async () => {
    if (isLooking) return;
    isLooking = true;
    const isDue = await isToStandBack().catch(() => false);
    isLooking = false;
    if (isDue) stop.abort(new DeploymentFirst());
  };
  const timer = setInterval(() => void look(), lookForDeploymentsMs);
  return { signal: AbortSignal.any([signal, stop.signal]), dispose: () => clearInterval(timer) };
}

/** A rollout may last for hours, in which what is live is seen to as ever, also where somebody waits behind it. */
async function isDeploymentFirst({ db }: Engine, environmentId: string, standsBack: StandsBack): Promise<boolean> {
  const active = await db.deployment.findMany({
    where: { environmentId, status: { in: [...activeStatuses] }, NOT: goesOn },
    select: { status: true, slotAt: true },
  });
  if (active.some(({ status, slotAt }) => status !== 'QUEUED' || slotAt !== null)) return true;
  if (standsBack === 'BEFORE_THOSE_WITH_A_SLOT' || active.length === 0) return false;
  return (await db.deployment.count({ where: { environmentId, ...goesOn } })) === 0;
}
