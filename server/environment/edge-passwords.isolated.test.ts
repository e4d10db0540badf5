import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { hashVisitorPassword } from '@apployd/backplane/visitor-password/visitor-password';
import { issues, mutate } from '../testing/client.js';
import { aPerson, aProject, type MadeProject, type Person } from '../testing/make.js';
import { testServer, type TestServer } from '../testing/test-server.js';

vi.mock('@apployd/backplane/visitor-password/visitor-password', { spy: true });

let server: TestServer;
let person: Person;
let shop: MadeProject;
beforeAll(async () => {
  server = await testServer();
  person = await aPerson(server);
  shop = await aProject(server, person);
});
afterAll(() => server.close());

const update = (by: Person) =>
  mutate(
    server,
    by.token,
    'environmentEdgeUpdate',
    { environmentId: shop.environmentId, edge: { users: [{ name: 'ada', password: 'a password of ada' }] } },
    `... on EnvironmentEdgeUpdatePayload { environment { edge { users } } } ${issues}`,
  );

/** Connections that hold a transaction open while somebody thinks. */
const held = () => server.db.$queryRaw<unknown[]>`
  SELECT pid FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'`;

test('passwords are hashed for who may set them, and no transaction waits for it', async () => {
  const seen: unknown[] = [];
  vi.mocked(hashVisitorPassword).mockImplementation(async () => {
    seen.push(await held());
    return 'a hash';
  });
  expect((await update(person)).environment.edge.users).toEqual(['ada']);
  expect(seen).toEqual([[]]);
  await update(await aPerson(server));
  expect(seen).toHaveLength(1);
});
