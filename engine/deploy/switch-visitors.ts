import { answersInFront } from '@apployd/core/edge-settings';
import { DeploymentFailure } from '@apployd/core/failure';
import { projectSettings, type ProjectSettings } from '@apployd/core/settings';
import type { Edge, Release } from '@apployd/prisma/generated/client/client';
import { leadHere } from '../hostname/lead-here.js';
import type { Engine } from '../engine.js';
import type { RunningInstance } from '../instance/start-release.js';
import { probe } from '../route/probe.js';
import { setRoute } from '../route/set-route.js';
import { waitForEdges } from '../route/wait-for-edges.js';
import { Overtaken, type Run } from './run.js';
import { step } from './step.js';
import { isStillOurs } from './still-ours.js';

const probeTimeoutMs = 5_000;
const tries = 5;
const pauseMs = 100;

/** Sends the environment's visitors to the new instances: every live edge follows, and answers through each prove it. */
export function switchVisitors(
  engine: Engine,
  run: Run,
  release: Release,
  instances: readonly RunningInstance[],
  signal: AbortSignal,
): Promise<void> {
  const settings = projectSettings.parse(release.settings);
  return step(engine, run, 'SWITCH', signal, async (stop) => {
    await leadHere(engine, run.deployment.environment.hostname, stop);
    const version = await pointTo(engine, run, instances);
    const edges = await waitForEdges(engine, version, stop);
    if (!edges) throw edgesTooSlow();
    await Promise.all(edges.map((edge) => proveThrough(engine, run, edge, settings, stop)));
  });
}

/** A worker that lost its claim must not touch the route that its successor set. */
async function pointTo(engine: Engine, run: Run, instances: readonly RunningInstance[]): Promise<bigint> {
  const { id, organizationId, environmentId, environment } = run.deployment;
  if (instances.length === 0) throw new Error('Visitors are sent to one instance at least.');
  const version = await engine.db.$transaction(async (tx) => {
    if (!(await isStillOurs(tx, run))) throw new Overtaken(id);
    const targets = instances.map(({ host, port }) => `${host}:${port}`);
    return setRoute(tx, { organizationId, environmentId, deploymentId: id, targets });
  });
  engine.events.publish('route', environment.hostname);
  return version;
}

async function proveThrough(
  engine: Engine,
  run: Run,
  edge: Edge,
  { healthCheckKind, healthCheckPath: path }: ProjectSettings,
  signal: AbortSignal,
): Promise<void> {
  const { hostname: host, port } = new URL(edge.url);
  const { hostname } = run.deployment.environment;
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const answer = await probe({ host, port: Number(port || 80), path, hostname, timeoutMs: probeTimeoutMs, signal });
    // What the app says is only looked at where that is how its health is told.
    const isGood = answer.kind === 'answer' && (answer.status < 400 || healthCheckKind !== 'HTTP');
    if (answer.kind === 'answer' && answersInFront.includes(answer.edgeError ?? '')) return;
    if (isGood && !answer.edgeError) return;
    await engine.clock.sleep(pauseMs * attempt, signal);
  }
  throw new DeploymentFailure(
    'ROUTE_TIMEOUT',
    'SWITCH',
    'The new release is healthy, but could not be reached through the edge. The former release stays live; deploy again, and tell the operator when it lasts.',
  );
}

function edgesTooSlow(): DeploymentFailure {
  return new DeploymentFailure(
    'ROUTE_TIMEOUT',
    'SWITCH',
    'No edge took the new route in time. The former release stays live; deploy again, and tell the operator when it lasts.',
  );
}
