import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '@apployd/backplane/testing/free-port';
import { partOf, readPage, runnable } from '../page.js';
import { isLeftOut } from '../without.js';
import { aCustomer, type Customer } from './a-customer.js';
import { aDebianServer, type DebianServer } from './a-debian-server.js';
import { closedAndInMemory, installedNginx } from './installed-nginx.js';
import { edgePrivileges, enginePrivileges, noPrivileges, privilegesIn } from './privileges.js';
import { anApp } from './sample-app.js';
import { withSettings } from './settings-file.js';
import { until } from './until.js';
import { headersOf, visit } from './visitors.js';

/** docs/install.md, followed from top to end in a Debian of its own: each test goes on where the one before it was. */
describe.skipIf(isLeftOut('docker') || isLeftOut('install'))('with systemd', () => {
  let page: string;
  let server: DebianServer;
  let edgePort: number;
  let customer: Customer;
  let appUrl: string;
  let ports: { readonly postgres: number; readonly redis: number };

  beforeAll(async () => {
    page = partOf(await readPage('install.md'), '## With systemd');
    const [packages = ''] = runnable(page.split('\n### ')[0] ?? '', 'sh');
    edgePort = await freePort();
    ports = { postgres: await freePort(), redis: await freePort() };
    server = await aDebianServer(packages);
    await server.asRoot(`
      sed -i 's/^port = .*/port = ${ports.postgres}/' /etc/postgresql/*/main/postgresql.conf
      echo 'port ${ports.redis}' >> /etc/redis/redis.conf
      systemctl start postgresql redis-server`);
  }, 700_000);
  afterAll(async () => {
    await server?.asRoot('systemctl stop apployd.target || true').catch(() => undefined);
    await server?.remove();
  }, 120_000);

  const follow = (heading: string) =>
    server.asRoot(
      runnable(partOf(page, heading), 'sh')
        .join('\n')
        .replace('127.0.0.1:5432', `127.0.0.1:${ports.postgres}`)
        .replace('127.0.0.1:6379', `127.0.0.1:${ports.redis}`),
    );
  const appAnswers = () =>
    until(
      () =>
        visit(appUrl).then(
          ({ body }) => body === 'hello',
          () => false,
        ),
      'the app to answer',
      90_000,
    );
  /** What one visitor after the other gets until then. */
  const visitUntil = async (over: Promise<unknown>) => {
    let isOver = false;
    const done = over.finally(() => (isOver = true));
    const seen: string[] = [];
    while (!isOver) seen.push(await visit(appUrl).then(({ body }) => body, String));
    await done;
    return seen;
  };
  const edit = async (settings: Readonly<Record<string, string | number>>) => {
    const file = '/etc/apployd/apployd.env';
    const text = withSettings(await server.asRoot(`cat ${file}`), settings);
    await server.asRoot(`cat > ${file} <<'END'\n${text}END`);
  };

  test('systemd finds nothing wrong with the units, and little that they are exposed to', async () => {
    const units = ['migrate', 'server', 'engine', 'edge', 'nginx', 'dashboard'].map(
      (name) => `apployd-${name}.service`,
    );
    const verify = `cd /opt/apployd/launch/systemd; systemd-analyze verify ./*.service ./*.target 2>&1`;
    expect(await server.asRoot(verify)).toBe('');
    for (const unit of units) {
      // In tenths: 10 is a service without any protection.
      const most = unit.includes('engine') ? 30 : 20;
      await server.asRoot(
        `cd /opt/apployd/launch/systemd; systemd-analyze security --offline=true --threshold=${most} ./${unit}`,
      );
    }
  });

  test('the commands of the page lead to a platform on which an app goes live', { timeout: 300_000 }, async () => {
    await follow('### Settings');
    const [serverPort, dashboardPort] = [await freePort(), await freePort()];
    await edit({
      APPLOYD_PUBLIC_URL: `http://localhost:${edgePort}`,
      APPLOYD_BASE_DOMAIN: 'localhost',
      APPLOYD_SERVER_URL: `http://127.0.0.1:${serverPort}`,
      APPLOYD_DASHBOARD_URL: `http://127.0.0.1:${dashboardPort}`,
      SERVER_PORT: serverPort,
      DASHBOARD_PORT: dashboardPort,
      EDGE_HOST: '127.0.0.1',
      EDGE_PORT: edgePort,
      SERVER_DEFAULT_PLAN: 'BUSINESS',
    });
    expect(await follow('### Start')).toContain('{"status":"ok"}');
    customer = await aCustomer(edgePort);
    appUrl = await customer.deploy('hello', anApp('hello'));
    await appAnswers();
  });

  test('visitors are served by Nginx, as the user of the edge, and what it reads is in memory', async () => {
    // The embedded router adds none.
    expect(await headersOf(appUrl)).toMatchObject({ 'x-content-type-options': 'nosniff' });
    expect(await installedNginx(server.asRoot)).toEqual({ ...closedAndInMemory, privileges: edgePrivileges });
  });

  test('each process is a user of its own, and may do no more than it has to', async () => {
    const status = (name: string) =>
      server.asRoot(`cat /proc/$(systemctl show --property MainPID --value apployd-${name})/status`);
    expect(privilegesIn(await status('server'))).toEqual(noPrivileges);
    expect(privilegesIn(await status('dashboard'))).toEqual(noPrivileges);
    expect(privilegesIn(await status('edge'))).toEqual(edgePrivileges);
    expect(privilegesIn(await status('engine'))).toEqual(enginePrivileges);
    const users = await Promise.all(['server', 'engine', 'edge', 'dashboard'].map(status));
    expect(new Set(users.map((text) => /^Uid:\s+(\d+)/m.exec(text)?.[1])).size).toBe(4);
  });

  test('only server and engine are told the secret', async () => {
    const told = (name: string) =>
      server.asRoot(
        `tr '\\0' '\\n' < /proc/$(systemctl show --property MainPID --value apployd-${name})/environ | grep -o '^[A-Z_]*'`,
      );
    expect(await told('server')).toContain('APPLOYD_SECRET');
    expect(await told('engine')).toContain('APPLOYD_SECRET');
    expect(await told('edge')).not.toContain('APPLOYD_SECRET');
    expect(await told('dashboard')).not.toMatch(/APPLOYD_SECRET|DATABASE_URL/);
  });

  test(
    'with an Nginx that outlives the edge, that starts again and no visitor notices',
    { timeout: 180_000 },
    async () => {
      const starts = async () =>
        Number(await server.asRoot('journalctl --no-pager --unit apployd-edge | grep -c \'"ready"\' || true'));
      const nginx = () => server.asRoot('systemctl show --property MainPID --value apployd-nginx');
      const before = await starts();
      await follow('### Nginx that outlives the edge');
      await until(async () => (await starts()) > before, 'the edge to be ready');
      await appAnswers();
      const master = await nginx();
      const restart = async () => {
        await server.asRoot('systemctl restart apployd-edge');
        await until(async () => (await starts()) > before + 1, 'the next edge to be ready');
      };
      expect([...new Set(await visitUntil(restart()))]).toEqual(['hello']);
      expect(await nginx()).toBe(master);
    },
  );

  test('an upgrade migrates first, and the app is there again', { timeout: 180_000 }, async () => {
    await follow('### Upgrade');
    expect(await server.asRoot('journalctl --no-pager --unit apployd-migrate')).toContain('the database is up to date');
    await appAnswers();
  });

  test('the commands of the operator run where the page says', { timeout: 60_000 }, async () => {
    expect(await follow('### Commands for operators')).toContain('This was a dry run: nothing was changed.');
  });

  test('a backup brings back what was there', { timeout: 240_000 }, async () => {
    await follow('### Backup');
    await customer.project('Too late');
    await follow('### Restore');
    await appAnswers();
    expect(await follow('### Start')).toContain('{"status":"ok"}');
    expect(await customer.apployd.projects.get({ path: 'grace/hello' })).toMatchObject({ name: 'hello' });
    await expect(customer.apployd.projects.get({ path: 'grace/too-late' })).rejects.toThrow();
  });

  test('uninstalling leaves nothing', { timeout: 180_000 }, async () => {
    // The page removes apps by their label: here that would take those of other platforms along.
    await edit({ ENGINE_DISPOSABLE: 'true' });
    await server.asRoot('systemctl restart apployd-engine');
    const isReady = () =>
      server.asRoot('journalctl --no-pager --boot --unit apployd-engine | grep -c \'"ready"\' || true');
    await until(async () => Number(await isReady()) >= 4, 'the engine to be ready');
    await follow('### Uninstall');
    const left =
      'ls -d /etc/apployd /var/lib/apployd* /var/lib/private/apployd* /etc/systemd/system/apployd* 2>/dev/null || true';
    expect(await server.asRoot(left)).toBe('');
    expect(await server.asRoot("systemctl list-units --all --plain --no-legend 'apployd*'")).toBe('');
  });
});
