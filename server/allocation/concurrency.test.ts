import { afterAll, beforeAll, expect, test } from 'vitest';
import { GiB, MiB } from '@apployd/core/resources';
import { publicId } from '@apployd/core/id';
import { mutate } from '../testing/client.js';
import { aPerson, aProject, onPlan, uuid, type Person } from '../testing/make.js';
import { testServer, type TestServer } from '../testing/test-server.js';
import { limitsOf } from './pool.js';

let server: TestServer;
let person: Person;
beforeAll(async () => {
  server = await testServer();
  person = await aPerson(server);
  await onPlan(server, person, 'HOBBY');
  await server.db.plan.update({ where: { code: 'HOBBY' }, data: { maxProjects: 100 } });
});
afterAll(() => server.close());

const slice = (memoryBytes: number) => ({ memoryBytes, cpuMillicores: 50, bandwidthBytesPerMonth: 0 });
const pool = 4 * GiB;

/** Five small projects, and 50 calls: each is legal alone, all of them together are some ten times the pool. */
async function fiftyCalls(): Promise<readonly (() => Promise<string>)[]> {
  const { organizationId, token } = person;
  const ids: string[] = [];
  for (let i = 0; i < 5; i += 1) ids.push((await aProject(server, person, { resources: slice(64 * MiB) })).id);
  return Array.from({ length: 50 }, (_, i) => async () => {
    const limits = slice((512 + 16 * i) * MiB);
    const [field, input] =
      i % 2 === 0
        ? ['allocationsSet', { organizationId, changes: [{ projectId: ids[(i / 2) % 5], limits }] }]
        : ['projectCreate', { organizationId, name: `P ${i}`, resources: limits }];
    const { __typename } = await mutate(server, token, field as string, input as object, '');
    return __typename as string;
  });
}

/** The division as one statement sees it: the largest slice, and all of them together. */
async function held(): Promise<{ largest: number; sum: number }> {
  const [row] = await server.db.$queryRaw<[{ largest: bigint; sum: bigint }]>`
    SELECT max("memoryBytes") AS "largest", sum("memoryBytes")::bigint AS "sum" FROM "Allocation"
    WHERE "organizationId" = ${uuid(person.organizationId)}::uuid`;
  return { largest: Number(row.largest), sum: Number(row.sum) };
}

test('50 calls at once, each legal alone and together above the pool: it holds all the while, and no call undoes another', async () => {
  const calls = await fiftyCalls();
  const where = { id: uuid(person.organizationId) };
  const before = await server.db.organization.findUniqueOrThrow({ where });
  let ended = false;
  const answering = Promise.all(calls.map((call) => call())).finally(() => (ended = true));
  while (!ended) {
    const { largest, sum } = await held();
    expect(largest).toBeLessThanOrEqual(pool / 2);
    expect(sum).toBeLessThanOrEqual(pool);
  }
  const answers = await answering;
  expect(new Set(answers)).toEqual(new Set(['AllocationsSetPayload', 'ProjectCreatePayload', 'QuotaExceededError']));
  const after = await server.db.organization.findUniqueOrThrow({ where, include: { projects: true } });
  const succeeded = answers.filter((name) => name.endsWith('Payload'));
  expect(after.poolVersion - before.poolVersion).toBe(succeeded.length);
  expect(after.projects).toHaveLength(5 + answers.filter((name) => name === 'ProjectCreatePayload').length);
  expect((await held()).sum).toBeLessThanOrEqual(pool);
  expect(await slicesNow()).toMatchObject(await slicesOnRecord());
});

async function slicesNow(): Promise<Record<string, object>> {
  const rows = await server.db.allocation.findMany({ where: { organizationId: uuid(person.organizationId) } });
  return Object.fromEntries(rows.map((row) => [publicId('Project', row.projectId), limitsOf(row)]));
}

type Entry = { readonly after: { readonly poolVersion: number; readonly slices: Record<string, object> } };

/** What each project was given last, by what the audit log has of every division: none of them may be lost. */
async function slicesOnRecord(): Promise<Record<string, object>> {
  const entries = await server.db.auditEvent.findMany({
    where: { organizationId: uuid(person.organizationId), action: 'allocationsSet', refusal: null },
  });
  const divisions = entries.map(({ changes }) => (changes as unknown as Entry).after);
  expect(new Set(divisions.map(({ poolVersion }) => poolVersion)).size).toBe(divisions.length);
  const inOrder = divisions.sort((one, other) => one.poolVersion - other.poolVersion);
  return Object.assign({}, ...inOrder.map(({ slices }) => slices)) as Record<string, object>;
}
