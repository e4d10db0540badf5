import { readdir } from 'node:fs/promises';
import { beforeEach, expect, test } from 'vitest';
import fc from 'fast-check';
import { activeStatuses } from '@apployd/core/deployment';
import { DeploymentFailure } from '@apployd/core/failure';
import type { Deployment, Environment } from '@apployd/prisma/generated/client/client';
import { until } from '@apployd/backplane/testing/until';
import { aDeployment, anEnvironment, aSibling } from '../testing/a-deployment.js';
import { happenings, type Command } from '../testing/model/commands.js';
import { forbiddenChanges, watchStatuses } from '../testing/model/watch-statuses.js';
import { twoWorkers, type Workers } from '../testing/model/workers.js';
import { reconcile } from '../testing/reconcile.js';
import { says, useEngine } from '../testing/use-engine.js';

const house = useEngine();
/** Longer on demand: APPLOYD_MODEL_SECONDS=600 npm test -- engine/deploy/model */
const seconds = Number(process.env['APPLOYD_MODEL_SECONDS'] ?? 8);

const repositoryOf = (app: string) => `https://git.example.com/${app}.git`;

beforeEach(async () => {
  const { source, builder, db } = house.engine;
  await watchStatuses(db);
  source.publish(repositoryOf('good'), { 'app.txt': 'good' });
  source.publish(repositoryOf('sick'), { 'app.txt': 'sick' });
  const failure = new DeploymentFailure('SOURCE_UNAVAILABLE', 'FETCH', 'There is no such repository.');
  source.publish(repositoryOf('unfetchable'), failure);
  builder.apps.set('good', says('good'));
  builder.apps.set('sick', (app) => app.serve((_, response) => response.writeHead(503).end()));
});

test(
  'whatever happens to deployments and to those who work on them, in whatever order, they never lie and always end',
  { timeout: (seconds + 60) * 1_000 },
  async () => {
    const end = Date.now() + seconds * 1_000;
    await fc.assert(
      fc.asyncProperty(happenings, async (all) => {
        if (Date.now() > end) return;
        const world = await aWorld();
        try {
          for (const { command, then } of all) {
            await happen(world, command);
            await world.workers.goOn(then);
            await expectTruth(world);
          }
          await everythingEnds(world);
        } finally {
          await world.workers.close();
        }
      }),
      { numRuns: 1_000, endOnFailure: true },
    );
  },
);

type World = { readonly environments: readonly [Environment, Environment]; readonly workers: Workers };

async function aWorld(): Promise<World> {
  const { engine } = house;
  const settings = { healthCheckTimeoutMs: 1_000 };
  const environment = await anEnvironment(engine, settings);
  const environments = [environment, await aSibling(engine, environment)] as const;
  engine.builder.before = async () => undefined;
  return { environments, workers: await twoWorkers(engine) };
}

async function happen(world: World, command: Command): Promise<void> {
  const { engine } = house;
  const { workers, environments } = world;
  if (command.kind === 'create') return create(world, environments[command.environment], command.app);
  if (command.kind === 'rollback') return rollBack(world, environments[command.environment], command.pick);
  if (command.kind === 'promote') return promote(world, command);
  if (command.kind === 'cancel') return cancel(world, command.pick);
  if (command.kind === 'kill') return workers.killAfter(command.worker, command.afterCalls);
  if (command.kind === 'crash') return crash(world, command.pick);
  if (command.kind === 'reconcile') return reconcile(workers.engine);
  engine.builder.before = async () => {
    engine.builder.before = async () => undefined;
    throw new Error('a fault of ours');
  };
}

const createdAt = () => new Date(Date.now() - 60_000);

async function create({ workers }: World, environment: Environment, app: string): Promise<void> {
  const from = { repositoryUrl: repositoryOf(app), createdAt: createdAt() };
  const { id } = await aDeployment(house.engine, environment, from);
  await workers.ask(id);
}

async function rollBack({ workers }: World, environment: Environment, pick: number): Promise<void> {
  const { engine } = house;
  const to = picked(
    await engine.db.deployment.findMany({ where: { environmentId: environment.id, status: 'READY' } }),
    pick,
  );
  if (!to) return;
  const from = { trigger: 'ROLLBACK', releaseId: to.releaseId, rollbackOfId: to.id, createdAt: createdAt() } as const;
  const { id } = await aDeployment(engine, environment, from);
  await workers.ask(id);
}

/** As the server does: a release that is kept, of what went live in the other environment. */
async function promote({ workers, environments }: World, { to, pick }: { to: 0 | 1; pick: number }): Promise<void> {
  const { engine } = house;
  const environmentId = environments[to === 0 ? 1 : 0].id;
  const where = { environmentId, status: 'READY', serving: { not: 'RETIRED' } } as const;
  const staged = picked(await engine.db.deployment.findMany({ where }), pick);
  if (!staged) return;
  const origin = { trigger: 'PROMOTE', promotedFromId: staged.id, releaseId: staged.releaseId } as const;
  const { id } = await aDeployment(engine, environments[to], { ...origin, createdAt: createdAt() });
  await workers.ask(id);
}

/** As the server does: what waits is over at once, what is at work is asked to stop. */
async function cancel({ environments }: World, pick: number): Promise<void> {
  const { db } = house.engine;
  const id = picked(await db.deployment.findMany({ where: { ...ofThese(environments), ...active } }), pick)?.id;
  if (!id) return;
  const now = new Date();
  const { count } = await db.deployment.updateMany({
    where: { id, status: 'QUEUED' },
    data: { status: 'CANCELED', cancelRequestedAt: now, finishedAt: now },
  });
  if (count === 1) return;
  await db.deployment.updateMany({
    where: { id, ...active, cancelRequestedAt: null },
    data: { cancelRequestedAt: now },
  });
  house.engine.events.publish('deployment', id);
}

/** Whatever the app's exit code is, what is live is started again, and what is not yet has failed. */
function crash({ environments }: World, pick: number): void {
  const running = instancesOf(environments);
  running[pick % running.length]?.exit(pick);
}

const active = { status: { in: [...activeStatuses] } };
const ofThese = (environments: World['environments']) => ({ environmentId: { in: environments.map(({ id }) => id) } });

function picked(all: readonly Deployment[], pick: number): Deployment | undefined {
  return all.length === 0 ? undefined : all[pick % all.length];
}

type Seen = { atWork: bigint; live: bigint; pointedTo: bigint; ready: bigint };

/** What holds at every moment, between any two statements. */
async function expectTruth({ environments }: World): Promise<void> {
  const { db, machine } = house.engine;
  expect(await forbiddenChanges(db)).toEqual([]);
  const seen = await db.$queryRaw<Seen[]>`
    SELECT count(*) FILTER (WHERE deployment."status" IN ('BUILDING', 'DEPLOYING')) AS "atWork",
      count(*) FILTER (WHERE deployment."serving" = 'LIVE') AS "live",
      count(*) FILTER (WHERE deployment."serving" = 'LIVE' AND deployment."id" = environment."liveDeploymentId") AS "pointedTo",
      count(*) FILTER (WHERE deployment."status" = 'READY') AS "ready"
    FROM "Environment" AS environment JOIN "Deployment" AS deployment ON deployment."environmentId" = environment."id"
    WHERE environment."id" = ANY(${environments.map(({ id }) => id)}::uuid[]) GROUP BY environment."id"`;
  for (const { atWork, live, pointedTo, ready } of seen) {
    expect(atWork).toBeLessThanOrEqual(1n);
    expect({ live, pointedTo }).toEqual(ready > 0n ? { live: 1n, pointedTo: 1n } : { live: 0n, pointedTo: 0n });
  }
  const instances = [...machine.instances.keys()];
  expect(await db.instance.count({ where: { id: { in: instances } } })).toBe(instances.length);
}

/** Once nothing happens any more all of it ends, visitors reach what is live, and nothing else is left. */
async function everythingEnds(world: World): Promise<void> {
  const { engine } = house;
  const { environments, workers } = world;
  const mine = ofThese(environments);
  await until(async () => {
    await reconcile(workers.engine);
    return (await engine.db.deployment.count({ where: { ...mine, ...active } })) === 0;
  }, 'all deployments to end');
  await until(async () => {
    // The rests between crashes are over.
    const own = { id: { in: environments.map(({ id }) => id) } };
    await engine.db.environment.updateMany({ where: own, data: { restartAfter: null } });
    await reconcile(workers.engine);
    const live = await engine.db.deployment.findMany({ where: { ...mine, serving: 'LIVE' }, select: { id: true } });
    return isSame(
      runningOf(environments),
      live.map(({ id }) => id),
    );
  }, 'what is live, and nothing else, to run');
  await until(async () => {
    await reconcile(workers.engine);
    return (await readdir(engine.settings.workFolder).catch(() => [])).length === 0;
  }, 'all folders of builds to go');
  await expectTruth(world);
  for (const { id, hostname } of environments) {
    const { liveDeploymentId } = await engine.db.environment.findUniqueOrThrow({ where: { id } });
    if (!liveDeploymentId) continue;
    await until(async () => (await engine.edge.visit(hostname)).body === 'good', 'visitors to reach what is live');
  }
}

const runningOf = (environments: World['environments']) =>
  instancesOf(environments).map(({ request }) => request.deploymentId);

function instancesOf(environments: World['environments']) {
  const ids = environments.map(({ id }) => id);
  return [...house.engine.machine.instances.values()].filter(
    ({ ended, request }) => !ended && ids.includes(request.environmentId),
  );
}

const isSame = (some: readonly string[], others: readonly string[]) =>
  some.length === others.length && some.every((one) => others.includes(one));
