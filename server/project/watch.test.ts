import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { transactAndTell } from '@apployd/backplane/events/transact-and-tell';
import { newId, publicId } from '@apployd/core/id';
import { appendEvent } from '@apployd/prisma/append-event';
import { anEnvironment, aPerson, aProject, aToken, type MadeProject, type Person, uuid } from '../testing/make.js';
import { collect, socketClient } from '../testing/socket.js';
import { testServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
let person: Person;
let shop: MadeProject;
let blog: MadeProject;
let wire: ReturnType<typeof socketClient>;
beforeAll(async () => {
  server = await testServer({ settings: { lookAgainMs: 50 } });
  person = await aPerson(server);
  shop = await aProject(server, person, { slug: 'shop' });
  blog = await aProject(server, person, { slug: 'blog' });
});
beforeEach(() => {
  wire = socketClient(server, person.token);
});
afterEach(() => wire.close());
afterAll(() => server.close());

const query = 'subscription ($id: ID!) { projectChanged(organizationId: $id) { slug state } }';
const watchOf = (organizationId: string) => ({ query, variables: { id: organizationId } });

/** Something happens in a project, and is told or not. */
async function happen(project: MadeProject, { isTold = true, in: environmentId = project.environmentId } = {}) {
  const [organizationId, streamId] = [uuid(person.organizationId), uuid(project.id)];
  const happening = { organizationId, streamId, kind: 'PROJECT', type: 'volume.created', subjectId: newId() } as const;
  const data = { environmentId };
  const events = isTold ? server.events : { publish: () => undefined };
  await transactAndTell({ db: server.db, events }, (tx) => appendEvent(tx, { ...happening, data }));
}

describe('projectChanged', () => {
  test('says what happened shortly before, then what happens in whichever project, told or not', async () => {
    const seen: (string | null)[] = [];
    await collect(wire.client, watchOf(person.organizationId), ({ projectChanged }) => {
      seen.push(projectChanged && projectChanged.slug);
      if (seen.length === 2) void happen(blog);
      if (seen.length === 3) void happen(shop, { isTold: false });
      return seen.length < 4;
    });
    expect(seen.slice(0, 2).sort()).toEqual(['blog', 'shop']);
    expect(seen.slice(2)).toEqual(['blog', 'shop']);
  });

  test('a single null where there is no such organization, and for whoever does not belong to it', async () => {
    const stranger = socketClient(server, (await aPerson(server)).token);
    const none = [{ projectChanged: null }];
    expect(await collect(wire.client, watchOf(publicId('Organization', newId())))).toEqual(none);
    expect(await collect(stranger.client, watchOf(person.organizationId))).toEqual(none);
    await stranger.close();
  });

  test('tells a token of one environment nothing of what happens in the others', async () => {
    const staging = await anEnvironment(server, blog);
    const reach = { projectId: uuid(blog.id), environmentId: uuid(staging.environmentId) };
    const narrow = socketClient(server, await aToken(server, person, { scopes: ['PROJECT_READ'], ...reach }));
    // Making the project was of it as a whole.
    await server.db.event.deleteMany({ where: { streamId: uuid(blog.id) } });
    const heard: string[] = [];
    const narrowly = collect(narrow.client, watchOf(person.organizationId), ({ projectChanged }) => {
      heard.push(projectChanged.slug);
      return false;
    });
    // Whoever sees the whole organization has heard of it three times, meanwhile.
    for (let round = 0; round < 3; round += 1) {
      await happen(blog);
      await collect(wire.client, watchOf(person.organizationId), ({ projectChanged: { slug } }) => slug !== 'blog');
    }
    expect(heard).toEqual([]);
    await happen(blog, { in: staging.environmentId });
    await narrowly;
    expect(heard).toEqual(['blog']);
    await narrow.close();
  });

  test('ends with null once the reader belongs to it no longer', async () => {
    const grace = await aPerson(server);
    const memberships = { userId: uuid(grace.userId), organizationId: uuid(person.organizationId) };
    await server.db.membership.create({ data: { ...memberships, role: 'VIEWER' } });
    const theirs = socketClient(server, grace.token);
    const seen = await collect(theirs.client, watchOf(person.organizationId), ({ projectChanged }) => {
      if (projectChanged) void server.db.membership.deleteMany({ where: memberships }).then();
    });
    expect(seen.at(-1)).toEqual({ projectChanged: null });
    await theirs.close();
  });
});
