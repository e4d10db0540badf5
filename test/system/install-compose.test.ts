import Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { partOf, readPage, runnable } from '../page.js';
import { isLeftOut } from '../without.js';
import { aComposeStack, services, settingsOfItsOwn, type ComposeStack } from './compose-stack.js';
import { aCustomer, type Customer } from './a-customer.js';
import { behindNginx } from './behind-nginx.js';
import { knockingApp, reachesItsMachine } from './knocking-app.js';
import { closedAndInMemory, installedNginx } from './installed-nginx.js';
import { edgePrivileges, enginePrivileges, noPrivileges, privilegesIn } from './privileges.js';
import { anApp } from './sample-app.js';
import { until } from './until.js';
import { headersOf, visit } from './visitors.js';

/** docs/install.md, followed from top to end: each test goes on where the one before it was. */
describe.skipIf(isLeftOut('docker') || isLeftOut('install'))('with Docker Compose', () => {
  const docker = new Docker({ timeout: 60_000 });
  let stack: ComposeStack;
  let appUrl: string;
  let customer: Customer;

  beforeAll(async () => {
    stack = await aComposeStack();
    await stack.repository.commit('main', anApp('hello'));
  }, 60_000);
  afterAll(() => stack?.remove(), 180_000);

  const bodyOf = (url: string) =>
    visit(url).then(
      ({ body }) => body,
      () => '',
    );
  const appAnswers = () => until(async () => (await bodyOf(appUrl)) === 'hello', 'the app to answer', 120_000);

  test('nothing starts without its secrets, and what is missing is named', { timeout: 60_000 }, async () => {
    await expect(stack.compose('config')).rejects.toThrow('set POSTGRES_PASSWORD in .env');
    await expect(stack.compose('config', { POSTGRES_PASSWORD: 'x' })).rejects.toThrow('set APPLOYD_SECRET in .env');
  });

  test('a key for private repositories reaches the engine as the page says', { timeout: 60_000 }, async () => {
    const [override = ''] = runnable(partOf(await readPage('install.md'), '### Private repositories'), 'yaml');
    const given = { POSTGRES_PASSWORD: 'x', APPLOYD_SECRET: 'x', OVERRIDE: override };
    const files = '--file compose.yml --file <(echo "$OVERRIDE")';
    expect(await stack.compose(`${files} config`, given)).toContain('/etc/apployd-key:/etc/apployd-key:ro');
  });

  test('the commands of the page lead to an app that answers at its host name', { timeout: 900_000 }, async () => {
    await stack.follow('### Settings');
    await stack.edit(await settingsOfItsOwn(stack.edgePort));
    expect(await stack.follow('### Start')).toContain('{"status":"ok"}');
    const lines = (await stack.follow('### First app')).trim().split('\n');
    appUrl = lines.at(-1) ?? '';
    expect([lines.includes('Healthy'), appUrl]).toEqual([true, `http://hello-ada.localhost:${stack.edgePort}`]);
    expect(await bodyOf(appUrl)).toBe('hello');
  });

  test('every part becomes healthy, and may do no more than it has to', { timeout: 240_000 }, async () => {
    for (const service of services) await stack.healthy(service);
    const processes = ['server', 'dashboard', 'edge', 'engine'] as const;
    const found = processes.map(async (service) => privilegesIn(await stack.statusOf(service)));
    const expected = [noPrivileges, noPrivileges, edgePrivileges, enginePrivileges];
    expect(await Promise.all(found)).toEqual(expected);
    for (const service of processes) expect((await stack.inspect(service)).HostConfig.ReadonlyRootfs).toBe(true);
  });

  test('visitors are served by Nginx, as user node, and what it reads is in memory', { timeout: 60_000 }, async () => {
    // The embedded router adds none.
    expect(await headersOf(appUrl)).toMatchObject({ 'x-content-type-options': 'nosniff' });
    const asNode = (commands: string) => stack.compose(`exec -T --user node edge sh -ec '${commands}'`);
    expect(await installedNginx(asNode)).toEqual({ ...closedAndInMemory, privileges: edgePrivileges });
  });

  test(
    'an upload goes through the server to the engine, and its app cannot reach this machine',
    {
      timeout: 180_000,
    },
    async () => {
      customer = await aCustomer(stack.edgePort);
      const url = await customer.deploy('knocking', knockingApp());
      expect(await bodyOf(url)).toBe('knocking');
      expect(await reachesItsMachine(url)).toBe('no');
    },
  );

  test('visitors come in over HTTPS through the proxy that the page sets up', { timeout: 60_000 }, async () => {
    const [servers = ''] = runnable(partOf(await readPage('install.md'), '## HTTPS'), 'nginx');
    const nginx = await behindNginx(servers.replace('127.0.0.1:8080', `127.0.0.1:${stack.edgePort}`));
    onTestFinished(() => nginx.stop());
    expect(await nginx.visit(new URL(appUrl).hostname)).toEqual({ status: 200, body: 'hello' });
    expect(await nginx.visit('localhost', '/healthz')).toMatchObject({ status: 200 });
  });

  test(
    'after all of it was taken down, and containers of apps were lost, the apps answer again',
    {
      timeout: 240_000,
    },
    async () => {
      const lost = await stack.apps();
      await stack.compose('down');
      for (const id of lost) await docker.getContainer(id).remove({ force: true });
      await stack.compose('up --detach');
      await appAnswers();
      expect(lost).toHaveLength(2);
    },
  );

  test('the commands of the operator run where the page says', { timeout: 60_000 }, async () => {
    expect(await stack.follow('### Commands for operators')).toContain('This was a dry run: nothing was changed.');
    const sync = stack.compose('exec -T server node server/dist/billing/sync/main.js --dry-run');
    await expect(sync).rejects.toThrow('STRIPE_SECRET_KEY');
  });

  test('a backup brings back what was there', { timeout: 240_000 }, async () => {
    await stack.follow('### Backup');
    await customer.project('Too late');
    await stack.follow('### Restore');
    await appAnswers();
    await until(() => stack.healthy('server').then(() => true), 'the server');
    expect(await customer.apployd.projects.get({ path: 'grace/knocking' })).toMatchObject({ name: 'knocking' });
    await expect(customer.apployd.projects.get({ path: 'grace/too-late' })).rejects.toThrow();
  });

  test('an upgrade migrates first, and apps run on', { timeout: 240_000 }, async () => {
    const running = await stack.apps();
    expect(await stack.follow('### Upgrade')).toContain('the database is up to date');
    await appAnswers();
    expect(await stack.apps()).toEqual(running);
  });

  test('uninstalling leaves nothing', { timeout: 240_000 }, async () => {
    // The page removes apps by a label, which here is another one: it would take those of other platforms along.
    await stack.edit({ ENGINE_DISPOSABLE: 'true' });
    await stack.compose('up --detach engine');
    await stack.healthy('engine');
    const apps = await stack.apps();
    await stack.makeManaged();
    await stack.follow('### Uninstall');
    expect(await stack.leftBehind()).toEqual([]);
    const left = await docker.listContainers({ all: true, filters: { id: [...apps] } });
    expect([apps.length, left.length]).toEqual([2, 0]);
  });
});
