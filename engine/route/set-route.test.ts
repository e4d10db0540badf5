import { newId } from '@apployd/core/id';
import { testDatabase, type TestDatabase } from '@apployd/prisma/test-database';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { setRoute } from './set-route.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

test('a route takes the redirects of the project and the edge settings of the environment along as they are by now, under the next version', async () => {
  const { db } = database;
  const [organizationId, projectId, environmentId] = [newId(), newId(), newId()];
  const redirects = [{ from: '/old', to: '/new', permanent: false }];
  const plan = { connect: { code: 'FREE' } };
  await db.organization.create({ data: { id: organizationId, name: 'Acme', slug: 'acme', plan } });
  await db.project.create({
    data: { id: projectId, organizationId, name: 'Shop', slug: 'shop', settings: { redirects } },
  });
  const hostname = 'shop.test';
  const environment = { id: environmentId, organizationId, projectId, slug: 'production', hostname };
  await db.environment.create({ data: { ...environment, kind: 'PRODUCTION', edge: { underAttack: true } } });
  const route = { organizationId, environmentId, deploymentId: null, targets: ['127.0.0.1:1'] };
  const put = () => db.$transaction((tx) => setRoute(tx, route));

  const first = await put();
  expect(await db.route.findUnique({ where: { hostname } })).toMatchObject({
    redirects,
    edge: { underAttack: true },
    version: first,
  });
  await db.project.update({ where: { id: projectId }, data: { settings: {} } });
  const second = await put();
  expect(await db.route.findUnique({ where: { hostname } })).toMatchObject({ redirects: [], version: second });
  expect(second).toBe(first + 1n);
});
