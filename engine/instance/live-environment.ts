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

/** Work on what runs in the environment, by nobody else at the time, unless somebody deploys: that goes first. */
export async function whileAlone(
  engine: Engine,
  environmentId: string,
  signal: AbortSignal,
  work: (live: LiveEnvironment, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  await engine.leases.hold(`environment:${environmentId}`, engine.settings.leaseMs, async (_, lost) => {
    const live = await liveEnvironment(engine, environmentId);
    if (!live || (await isDeploymentWaiting(engine, environmentId))) return;
    const watch = whileNothingWaits(engine, environmentId, AbortSignal.any([signal, lost]));
    await work(live, watch.signal).finally(() => watch.dispose());
  });
}

const lookForDeploymentsMs = 1_000;

/** A signal that also fires once somebody deploys: what they deploy may be the repair. */
function whileNothingWaits(
  engine: Engine,
  environmentId: string,
  signal: AbortSignal,
): { readonly signal: AbortSignal; dispose(): void } {
  const stop = new AbortController();
  const look = async () => {
    if (await isDeploymentWaiting(engine, environmentId)) stop.abort(new Error('A deployment goes first.'));
  };
  const timer = setInterval(() => void look().catch(() => undefined), lookForDeploymentsMs);
  return { signal: AbortSignal.any([signal, stop.signal]), dispose: () => clearInterval(timer) };
}

/** A rollout may last for hours, in which what is live is seen to as ever, also where somebody waits behind it. */
async function isDeploymentWaiting({ db }: Engine, environmentId: string): Promise<boolean> {
  const active = await db.deployment.findMany({
    where: { environmentId, status: { in: [...activeStatuses] }, NOT: goesOn },
    select: { status: true, slotAt: true },
  });
  if (active.some(({ status, slotAt }) => status !== 'QUEUED' || slotAt !== null)) return true;
  return active.length > 0 && (await db.deployment.count({ where: { environmentId, ...goesOn } })) === 0;
}
