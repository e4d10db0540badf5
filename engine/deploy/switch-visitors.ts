import { DeploymentFailure } from '@apployd/core/failure';
import { projectSettings } from '@apployd/core/settings';
import type { Edge, Route } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import { probe } from '../route/probe.js';
import type { Transaction } from '@apployd/prisma/create-db';
import { setRoute, type RouteTarget } from '../route/set-route.js';
import { waitForEdges } from '../route/wait-for-edges.js';
import { Overtaken, type Run } from './run.js';
import type { RunningInstance } from './start-instance.js';
import { step } from './step.js';
import type { Undo } from './undo.js';

const probeTimeoutMs = 5_000;
const tries = 5;
const pauseMs = 100;

/** Sends the environment's visitors to the new instance: every live edge follows, and answers through one prove it. */
export function switchVisitors(
  engine: Engine,
  run: Run,
  instance: RunningInstance,
  undo: Undo,
  signal: AbortSignal,
): Promise<void> {
  return step(engine, run, 'SWITCH', async () => {
    signal.throwIfAborted();
    const former = await engine.db.route.findUnique({ where: { hostname: run.deployment.environment.hostname } });
    undo(() => putBack(engine, run, former));
    const version = await pointTo(engine, run, instance);
    const edges = await waitForEdges(engine, version, signal);
    if (!edges) throw edgesTooSlow();
    for (const edge of edges) await proveThrough(engine, run, edge, signal);
  });
}

async function pointTo(engine: Engine, run: Run, instance: RunningInstance): Promise<bigint> {
  const { id, organizationId, environmentId, environment } = run.deployment;
  const version = await engine.db.$transaction(async (tx) => {
    await holdClaim(tx, run);
    const targets = [`${instance.host}:${instance.port}`];
    return setRoute(tx, { hostname: environment.hostname, organizationId, environmentId, deploymentId: id, targets });
  });
  engine.events.publish('route', environment.hostname);
  return version;
}

/** A worker that lost its claim must not touch the route that its successor set. */
async function holdClaim(tx: Transaction, { deployment, fence }: Run): Promise<void> {
  const { count } = await tx.deployment.updateMany({
    where: { id: deployment.id, fence, status: 'DEPLOYING', cancelRequestedAt: null },
    data: { fence },
  });
  if (count === 0) throw new Overtaken(deployment.id);
}

async function putBack(engine: Engine, run: Run, former: Route | null): Promise<void> {
  const { organizationId, environmentId, environment, id } = run.deployment;
  const nobody: RouteTarget = {
    hostname: environment.hostname,
    organizationId,
    environmentId,
    deploymentId: null,
    targets: [],
  };
  const version = await engine.db.$transaction(async (tx) => {
    const now = await tx.route.findUnique({ where: { hostname: environment.hostname } });
    return now?.deploymentId === id
      ? setRoute(tx, former ? { ...nobody, deploymentId: former.deploymentId, targets: former.targets } : nobody)
      : null;
  });
  if (version === null) return;
  engine.events.publish('route', environment.hostname);
  await waitForEdges(engine, version, AbortSignal.timeout(engine.settings.routeTimeoutMs));
}

async function proveThrough(engine: Engine, run: Run, edge: Edge, signal: AbortSignal): Promise<void> {
  const { hostname: host, port } = new URL(edge.url);
  const path = projectSettings.parse(run.deployment.project.settings).healthCheckPath;
  const { hostname } = run.deployment.environment;
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const answer = await probe({ host, port: Number(port || 80), path, hostname, timeoutMs: probeTimeoutMs, signal });
    if (answer.kind === 'answer' && answer.status < 400 && !answer.edgeError) return;
    await engine.clock.sleep(pauseMs * attempt, signal);
  }
  throw new DeploymentFailure(
    'ROUTE_TIMEOUT',
    'SWITCH',
    'The new release is healthy, but could not be reached through the edge. Visitors keep the former one; deploy again, and tell the operator when it lasts.',
  );
}

function edgesTooSlow(): DeploymentFailure {
  return new DeploymentFailure(
    'ROUTE_TIMEOUT',
    'SWITCH',
    'No edge took the new route in time. Visitors keep the former release; deploy again, and tell the operator when it lasts.',
  );
}
