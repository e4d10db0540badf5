import { expect, test } from 'vitest';
import { platformOf } from './platform.js';
import { belongsToServer, platformDestinations } from './router/platform-destinations.js';

const settings = {
  APPLOYD_PUBLIC_URL: 'https://Deploy.Acme.example',
  APPLOYD_BASE_DOMAIN: 'apps.acme.example',
  APPLOYD_SERVER_URL: 'http://10.0.0.1:4000',
  APPLOYD_DASHBOARD_URL: 'http://10.0.0.2',
};

test('the platform is at the host of its public address only', () => {
  expect(platformOf(settings)).toEqual({
    hostnames: ['deploy.acme.example'],
    server: '10.0.0.1:4000',
    dashboard: '10.0.0.2:80',
  });
});

test("on a developer's machine it is at every name of the machine", () => {
  const { hostnames } = platformOf({
    ...settings,
    APPLOYD_PUBLIC_URL: 'http://localhost:8080',
    APPLOYD_BASE_DOMAIN: 'localhost',
  });
  expect(new Set(hostnames)).toEqual(new Set(['localhost', '127.0.0.1', '[::1]']));
});

test.each([
  '/graphql',
  '/graphql?query=x',
  '/graphql/stream',
  '/webhooks/stripe',
  '/uploads/1',
  '/audit/org_1?since=x',
  '/healthz',
])('%s is for the server', (url) => expect(belongsToServer(url)).toBe(true));

test.each(['/', '/graphqlx', '/graphql.js', '/GraphQL', '/x/graphql', '/uploads-list', '/?/graphql', '/%67raphql'])(
  '%s is for the dashboard',
  (url) => expect(belongsToServer(url)).toBe(false),
);

test('only the platform host leads to the platform', () => {
  const find = platformDestinations(platformOf(settings));
  expect(find('deploy.acme.example', '/graphql')?.next()).toEqual({ host: '10.0.0.1', port: 4000 });
  expect(find('deploy.acme.example', '/projects')?.next()).toEqual({ host: '10.0.0.2', port: 80 });
  expect(find('shop.apps.acme.example', '/graphql')).toBeUndefined();
});
