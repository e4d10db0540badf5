import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GiB, MiB } from '@apployd/core/resources';
import { issues, mutate } from '../testing/client.js';
import { aPerson, aProject, uuid, type MadeProject, type Person } from '../testing/make.js';
import { testServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(() => server.close());

const slice = (memoryBytes: number) => ({ memoryBytes, cpuMillicores: 100, bandwidthBytesPerMonth: 0 });
const shown = `... on AllocationsSetPayload { applied pool { version allocated { memoryBytes } allocations { project { id } limits { memoryBytes } updatedBy { name } } }
  allocations { project { id slug } limits { memoryBytes } } }
  ... on QuotaExceededError { requested { memoryBytes } available { memoryBytes } violations { rule projectId available } } ... on ConflictError { currentVersion }
  ... on NotFoundError { targetId } ${issues}`;
const set = (person: Person, changes: object[], more: object = {}) =>
  mutate(server, person.token, 'allocationsSet', { organizationId: person.organizationId, changes, ...more }, shown);

async function twoProjects(): Promise<{ person: Person; one: MadeProject; two: MadeProject }> {
  const person = await aPerson(server);
  const one = await aProject(server, person, { name: 'One', resources: slice(2 * GiB) });
  const two = await aProject(server, person, { name: 'Two', resources: slice(1 * GiB) });
  return { person, one, two };
}

describe('allocationsSet', () => {
  test('moves slices in any order, as long as the outcome holds', async () => {
    const { person, one, two } = await twoProjects();
    const result = await set(person, [
      { projectId: two.id, limits: slice(2 * GiB) },
      { projectId: one.id, limits: slice(1 * GiB) },
    ]);
    expect(result).toMatchObject({ applied: true, pool: { version: 4, allocated: { memoryBytes: 3 * GiB } } });
    expect(result.allocations).toHaveLength(2);
    const web = await server.db.process.findFirstOrThrow({ where: { environmentId: uuid(two.environmentId) } });
    expect(web.memoryBytes).toBe(BigInt(2 * GiB));
  });

  test('changes nothing at all when one change does not fit', async () => {
    const { person, one, two } = await twoProjects();
    const refused = await set(person, [
      { projectId: one.id, limits: slice(64 * MiB) },
      { projectId: two.id, limits: slice(3 * GiB) },
    ]);
    expect(refused).toMatchObject({
      __typename: 'QuotaExceededError',
      // Each of the two could hold half of the pool.
      available: { memoryBytes: 4 * GiB },
      violations: [{ rule: 'HALF_OF_POOL', projectId: two.id, available: 2 * GiB }],
    });
    expect(refused.message).toContain('2 GiB, not 3 GiB');
    const kept = await server.db.allocation.findUniqueOrThrow({ where: { projectId: uuid(one.id) } });
    expect(kept.memoryBytes).toBe(BigInt(2 * GiB));
  });

  test('says the most that all changed projects could hold together', async () => {
    const { person, one, two } = await twoProjects();
    await set(person, [{ projectId: one.id, limits: slice(1 * GiB) }]);
    const more = await aProject(server, person, { name: 'More', resources: slice(64 * MiB) });
    const asked = [
      { projectId: two.id, limits: slice(2 * GiB) },
      { projectId: more.id, limits: slice(1.5 * GiB) },
    ];
    expect(await set(person, asked)).toMatchObject({
      requested: { memoryBytes: 3.5 * GiB },
      available: { memoryBytes: 3 * GiB },
    });
  });

  test('shows in a dry run what would be, and leaves what is', async () => {
    const { person, one, two } = await twoProjects();
    const shownOnly = await set(person, [{ projectId: one.id, limits: slice(512 * MiB) }, { projectId: two.id }], {
      dryRun: true,
    });
    expect(shownOnly).toMatchObject({
      applied: false,
      pool: {
        allocated: { memoryBytes: 512 * MiB },
        allocations: [{ project: { id: one.id }, limits: { memoryBytes: 512 * MiB } }],
      },
    });
    expect(await server.db.allocation.count({ where: { organizationId: uuid(person.organizationId) } })).toBe(2);
  });

  test('shows in a dry run also a slice that no table holds yet', async () => {
    const { person, one } = await twoProjects();
    await set(person, [{ projectId: one.id, limits: null }]);
    const result = await set(person, [{ projectId: one.id, limits: slice(64 * MiB) }], { dryRun: true });
    expect(result.allocations).toEqual([{ project: { id: one.id, slug: 'one' }, limits: { memoryBytes: 64 * MiB } }]);
  });

  test('refuses when the pool was divided anew meanwhile, with its version', async () => {
    const { person, one } = await twoProjects();
    const change = [{ projectId: one.id, limits: slice(64 * MiB) }];
    expect(await set(person, change, { expectedPoolVersion: 3 })).toMatchObject({ applied: true });
    expect(await set(person, change, { expectedPoolVersion: 3 })).toMatchObject({
      __typename: 'ConflictError',
      currentVersion: 4,
    });
  });

  test('does not know the projects of others', async () => {
    const { person } = await twoProjects();
    const { two: foreign } = await twoProjects();
    expect(await set(person, [{ projectId: foreign.id, limits: slice(64 * MiB) }])).toMatchObject({
      __typename: 'NotFoundError',
      targetId: foreign.id,
    });
  });

  test('refuses a project that is named twice, too many changes and too little', async () => {
    const { person, one } = await twoProjects();
    const twice = await set(person, [{ projectId: one.id }, { projectId: one.id, limits: slice(1) }]);
    expect(twice.issues.map(({ path, rule }: { path: string[]; rule: string }) => `${path.join('.')} ${rule}`)).toEqual(
      [
        'changes.1.projectId DUPLICATE',
        'changes.1.limits.memoryBytes TOO_SMALL',
        'changes.1.limits.memoryBytes NOT_A_MULTIPLE',
      ],
    );
    expect(await set(person, [])).toMatchObject({ __typename: 'ValidationError' });
  });

  test('is for owners and admins', async () => {
    const { person, one } = await twoProjects();
    await server.db.membership.updateMany({ where: { userId: uuid(person.userId) }, data: { role: 'DEVELOPER' } });
    expect(await set(person, [{ projectId: one.id }])).toMatchObject({ __typename: 'ForbiddenError' });
  });
});
