import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newId, publicId } from '@apployd/core/id';
import type { Resources } from '@apployd/core/resources';
import { isSound } from '@apployd/core/testing/is-sound';
import { poolCommands, pools } from '@apployd/core/testing/pool-commands';
import { step, type Outcome, type PoolCommand, type PoolModel } from '@apployd/core/testing/pool-model';
import { mutate } from '../testing/client.js';
import { aPerson, uuid, type Person } from '../testing/make.js';
import { testServer, type TestServer } from '../testing/test-server.js';
import { limitColumns, limitsOf } from './pool.js';

let server: TestServer;
/** The first account runs the platform: it may edit plans. */
let operator: Person;
beforeAll(async () => {
  server = await testServer();
  operator = await aPerson(server);
});
afterAll(() => server.close());

test('whatever is asked for in whatever order, the database holds what the rules allow, and no more', async () => {
  const done: Outcome[] = [];
  await fc.assert(
    fc.asyncProperty(pools, poolCommands(14), async (pool, commands) => {
      const world = await aWorld(pool);
      let model: PoolModel = { pool, version: 1, projects: [] };
      for (const command of commands.filter((one) => isPossible(model, one))) {
        const { model: after, outcome } = step(model, command);
        expect([command, await perform(world, command)]).toEqual([command, outcome]);
        expect(await kept(world)).toEqual(after);
        expect(isSound(after)).toBe(true);
        model = after;
        done.push(outcome);
      }
    }),
    { numRuns: 12 },
  );
  expect([...new Set(done)]).toEqual(expect.arrayContaining(['done', 'refused']));
}, 60_000);

/** An organization on a plan of its own, and its projects in the order in which they were made. */
type World = { readonly person: Person; readonly planId: string; readonly projects: Named[] };
type Named = { readonly id: string; readonly slug: string; readonly environmentId: string };

async function aWorld(pool: Resources): Promise<World> {
  const person = await aPerson(server);
  const counts = { position: 9, maxProjects: 1_000, maxConcurrentBuilds: 1, logRetentionDays: 1 };
  const { id: planId } = await server.db.plan.create({
    data: { id: newId(), code: newId(), name: 'Own', ...counts, ...limitColumns(pool) },
  });
  await server.db.organization.update({ where: { id: uuid(person.organizationId) }, data: { planId } });
  return { person, planId: publicId('Plan', planId), projects: [] };
}

/** Projects that there never were have no id to ask about, and what changes nothing has no version to tell it by. */
function isPossible({ projects, pool }: PoolModel, command: PoolCommand): boolean {
  switch (command.kind) {
    case 'projectCreate':
      return true;
    case 'planUpdate':
      return JSON.stringify(pool) !== JSON.stringify(command.pool);
    case 'allocationsSet':
      return command.changes.every(({ project }) => project < projects.length);
    default:
      return command.project < projects.length;
  }
}

async function perform(world: World, command: PoolCommand): Promise<Outcome> {
  const { token } = command.kind === 'planUpdate' ? operator : world.person;
  const made = '... on ProjectCreatePayload { project { id slug } productionEnvironment { id } }';
  const selection = command.kind === 'projectCreate' ? made : '';
  const answer = await mutate(server, token, command.kind, inputOf(world, command), selection);
  if (answer.__typename === 'ProjectCreatePayload') {
    const { project, productionEnvironment } = answer;
    world.projects.push({ ...project, environmentId: productionEnvironment.id });
  }
  if (String(answer.__typename).endsWith('Payload')) return 'done';
  expect(['QUOTA_EXCEEDED', 'PLAN_IN_USE', 'INVALID_STATE']).toContain(answer.code);
  return answer.code === 'INVALID_STATE' ? 'impossible' : 'refused';
}

function inputOf({ person: { organizationId }, planId, projects }: World, command: PoolCommand): object {
  switch (command.kind) {
    case 'projectCreate':
      return { organizationId, name: 'P', resources: command.limits };
    case 'projectDelete':
      return { projectId: projects[command.project]?.id, confirmSlug: projects[command.project]?.slug };
    case 'projectRestore':
      return { projectId: projects[command.project]?.id };
    case 'allocationsSet':
      return {
        organizationId,
        changes: command.changes.map(({ project, limits }) => ({ projectId: projects[project]?.id, limits })),
      };
    case 'environmentUpdate':
      return { environmentId: projects[command.project]?.environmentId, ...command.demand };
    case 'planUpdate':
      return { planId, pool: command.pool };
  }
}

/** What the rows say, in the words of the model. */
async function kept({ person }: World): Promise<PoolModel> {
  const { plan, poolVersion, projects } = await server.db.organization.findUniqueOrThrow({
    where: { id: uuid(person.organizationId) },
    include: {
      plan: true,
      projects: {
        orderBy: { id: 'asc' },
        include: { allocation: true, environments: { include: { processes: true } } },
      },
    },
  });
  return {
    pool: limitsOf(plan),
    version: poolVersion,
    projects: projects.map(({ allocation, environments, deletesAt, sliceWhenDeleted }) => {
      const [process] = environments.flatMap(({ processes }) => processes);
      const chosen = process?.chosenMemoryBytes ?? null;
      return {
        slice: allocation && limitsOf(allocation),
        demand: {
          instances: process?.desiredInstances ?? 0,
          memoryBytes: chosen === null ? null : Number(chosen),
          cpuMillicores: process?.chosenCpuMillicores ?? null,
        },
        deleted: deletesAt && { slice: sliceWhenDeleted as Resources | null },
      };
    }),
  };
}
