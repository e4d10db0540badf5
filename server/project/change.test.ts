import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '@apployd/core/id';
import { GiB, MiB } from '@apployd/core/resources';
import { ask, issues, mutate } from '../testing/client.js';
import {
  aDeployment,
  aDomain,
  aPerson,
  aProject,
  aRelease,
  onPlan,
  uuid,
  type MadeProject,
  type Person,
} from '../testing/make.js';
import { testServer, type TestServer } from '../testing/test-server.js';

let server: TestServer;
let ada: Person;
beforeAll(async () => {
  server = await testServer();
  ada = await aPerson(server);
});
afterAll(() => server.close());

const slice = (memoryBytes: number) => ({ memoryBytes, cpuMillicores: 100, bandwidthBytesPerMonth: 0 });
const shown = `project { id slug name version settingsVersion state deletesAt sleepsAfterMinutes repository { url defaultBranch }
  settings { port rootDirectory autoSleepMinutes } allocation { limits { memoryBytes } } } replayed`;
const state = '... on InvalidStateError { currentState allowedStates }';
const update = (input: object, person = ada) =>
  mutate(
    server,
    person.token,
    'projectUpdate',
    input,
    `... on ProjectUpdatePayload { ${shown} } ... on ConflictError { currentVersion } ${state} ${issues}`,
  );
const remove = (projectId: string, confirmSlug: string, person = ada) =>
  mutate(
    server,
    person.token,
    'projectDelete',
    { projectId, confirmSlug },
    `... on ProjectDeletePayload { ${shown} pool { version allocated { memoryBytes } } } ${state} ${issues}`,
  );
const restore = (projectId: string, person = ada) =>
  mutate(
    server,
    person.token,
    'projectRestore',
    { projectId },
    `... on ProjectRestorePayload { ${shown} sliceRestored } ${state} ... on PlanLimitError { limit }`,
  );
const environmentOf = (project: MadeProject) =>
  server.db.environment.findUniqueOrThrow({ where: { id: uuid(project.environmentId) } });

/** Puts a deployment live in the project's environment, as the engine would. */
async function goLive(project: MadeProject): Promise<string> {
  const id = await aDeployment(server, project, { status: 'READY', serving: 'LIVE' });
  const data = { liveDeploymentId: id, observedState: 'RUNNING' } as const;
  await server.db.environment.update({ where: { id: uuid(project.environmentId) }, data });
  return id;
}

describe('projectUpdate', () => {
  test('changes what is named, clears what is null, and keeps the rest', async () => {
    const { id } = await aProject(server, ada, {
      slug: 'one',
      defaultBranch: 'main',
      settings: { port: 8000, rootDirectory: 'web' },
    });
    const first = await update({ projectId: id, name: ' Renamed ', slug: 'uno', settings: { rootDirectory: null } });
    expect(first.project).toMatchObject({
      name: 'Renamed',
      slug: 'uno',
      version: 2,
      settingsVersion: 2,
      repository: { url: 'https://example.com/acme/shop.git', defaultBranch: 'main' },
      settings: { port: 8000, rootDirectory: null },
    });
    const second = await update({ projectId: id, repositoryUrl: null, settings: { port: null } });
    expect(second.project).toMatchObject({
      version: 3,
      settingsVersion: 3,
      repository: null,
      settings: { port: 3000 },
    });
    expect((await update({ projectId: id, name: 'Renamed' })).project).toMatchObject({
      version: 3,
      settingsVersion: 3,
    });
  });

  test('changes how health is checked, one field at a time, and says what a check lacks', async () => {
    const { id } = await aProject(server, ada, { slug: 'health' });
    const health = (settings: object) =>
      mutate(
        server,
        ada.token,
        'projectUpdate',
        { projectId: id, settings },
        `... on ProjectUpdatePayload { project { settingsVersion settings { healthCheckKind healthCheckCommand healthCheckAnswerMs healthCheckIntervalMs healthCheckRetries } } } ${issues}`,
      );
    expect(await health({ healthCheckKind: 'COMMAND' })).toMatchObject({
      __typename: 'ValidationError',
      issues: [{ path: ['settings', 'healthCheckCommand'], message: expect.stringContaining('give one') }],
    });
    const command = ['node', 'check.js', '$(id) ; rm -rf /'];
    const chosen = { healthCheckKind: 'COMMAND', healthCheckCommand: command, healthCheckRetries: 5 };
    expect((await health(chosen)).project).toEqual({
      settingsVersion: 2,
      settings: { ...chosen, healthCheckAnswerMs: 5_000, healthCheckIntervalMs: 10_000 },
    });
    expect((await health({ healthCheckCommand: [...command] })).project.settingsVersion).toBe(2);
    const wrong = await health({ healthCheckAnswerMs: 99, healthCheckIntervalMs: 4_999, healthCheckRetries: 0 });
    expect(wrong.issues.map(({ path }: { path: string[] }) => path[1])).toEqual([
      'healthCheckAnswerMs',
      'healthCheckIntervalMs',
      'healthCheckRetries',
    ]);
    expect((await health({ healthCheckKind: null, healthCheckCommand: null })).project.settings).toMatchObject({
      healthCheckKind: 'HTTP',
      healthCheckCommand: null,
    });
  });

  test('changes how it is built, started and served, keeps the versions, and says what makes no sense', async () => {
    const person = await aPerson(server);
    const chosen = { buildCommand: 'npm run build:web', startCommand: null, outputDirectory: 'apps/web/dist' };
    const { id } = await aProject(server, person, { slug: 'commands', settings: chosen });
    const what = 'settings { buildCommand startCommand outputDirectory }';
    const commands = (settings: object) =>
      mutate(
        server,
        person.token,
        'projectUpdate',
        { projectId: id, settings },
        `... on ProjectUpdatePayload { project { settingsVersion ${what} } } ${issues}`,
      );
    expect((await commands(chosen)).project).toEqual({ settingsVersion: 1, settings: chosen });
    const started = { buildCommand: null, startCommand: `node a.js "$(id)" ; rm -rf /`, outputDirectory: null };
    expect((await commands({ ...started, buildCommand: '' })).project).toEqual({
      settingsVersion: 2,
      settings: started,
    });
    const document = `{ project(by: { id: "${id}" }) { settingsHistory(first: 2) { nodes { version ${what} } } } }`;
    const { data } = await ask(server, document, {}, { token: person.token });
    expect(data.project.settingsHistory.nodes).toEqual([
      { version: 2, settings: started },
      { version: 1, settings: chosen },
    ]);
    const wrong = async (settings: object) =>
      (await commands(settings)).issues.map(({ path }: { path: string[] }) => path.join('.'));
    expect(await wrong({ outputDirectory: 'dist' })).toEqual(['settings.outputDirectory']);
    for (const outputDirectory of ['../etc', '/etc', 'a;b', 'a/../..', 'a b', '$HOME']) {
      expect(await wrong({ startCommand: null, outputDirectory })).toEqual(['settings.outputDirectory']);
    }
    expect(await wrong({ buildCommand: 'a\nb', startCommand: 'a\u0000b' })).toEqual([
      'settings.buildCommand',
      'settings.startCommand',
    ]);
  });

  test('puts redirects into the routes of the project and no other, and says which one makes no sense', async () => {
    const [project, other] = [await aProject(server, ada), await aProject(server, ada)];
    const route = async (of: MadeProject) => {
      const { hostname, id: environmentId, organizationId } = await environmentOf(of);
      const data = { hostname, environmentId, organizationId, targets: ['127.0.0.1:1'], version: 0n };
      return server.db.route.create({ data });
    };
    const [mine, theirs] = [await route(project), await route(other)];
    const to = (redirects: object[] | null) =>
      mutate(
        server,
        ada.token,
        'projectUpdate',
        { projectId: project.id, settings: { redirects } },
        `... on ProjectUpdatePayload { project { settingsVersion settings { redirects { from to permanent } } } } ${issues}`,
      );
    const kept = (hostname: string) => server.db.route.findUniqueOrThrow({ where: { hostname } });
    const redirects = [{ from: '/blog/*', to: 'https://blog.example.com/*', permanent: true }];
    expect((await to(redirects)).project).toEqual({ settingsVersion: 2, settings: { redirects } });
    const first = await kept(mine.hostname);
    expect(first).toMatchObject({ redirects, targets: ['127.0.0.1:1'] });
    expect(await kept(theirs.hostname)).toEqual(theirs);
    expect(await server.db.routeVersion.findUniqueOrThrow({ where: { id: 1 } })).toMatchObject({
      version: first.version,
    });
    expect((await to(redirects)).project.settingsVersion).toBe(2);
    expect(await kept(mine.hostname)).toEqual(first);
    expect(await to([...redirects, { from: '/old', to: '//evil.test' }])).toMatchObject({
      __typename: 'ValidationError',
      issues: [{ path: ['settings', 'redirects', '1', 'to'], message: expect.stringContaining('leads to') }],
    });
    expect((await to(null)).project.settings.redirects).toEqual([]);
    const last = await kept(mine.hostname);
    expect([last.redirects, last.version > first.version]).toEqual([[], true]);
  });

  test('puts redirects into the routes of domains that it holds, and leaves those of names that it held before', async () => {
    const project = await aProject(server, ada, { slug: 'moved' });
    const { id: environmentId, organizationId } = await environmentOf(project);
    const [held, claimed, former] = [newId(), newId(), newId()].map((id) => `${id}.example`) as [
      string,
      string,
      string,
    ];
    await aDomain(server, project, { name: held, verifiedAt: new Date() });
    await aDomain(server, project, { name: claimed });
    for (const hostname of [held, claimed, former]) {
      await server.db.route.create({ data: { hostname, environmentId, organizationId, targets: [], version: 0n } });
    }
    const redirects = [{ from: '/*', to: 'https://elsewhere.example', permanent: false }];
    await mutate(server, ada.token, 'projectUpdate', { projectId: project.id, settings: { redirects } }, issues);
    const kept = (hostname: string) => server.db.route.findUniqueOrThrow({ where: { hostname } });
    expect(await kept(held)).toMatchObject({ redirects });
    for (const hostname of [claimed, former]) {
      expect(await kept(hostname)).toMatchObject({ redirects: [], version: 0n });
    }
  });

  test('keeps as many releases as it is told, and at least one', async () => {
    const { id: projectId } = await aProject(server, ada, { slug: 'releases' });
    const what = `... on ProjectUpdatePayload { project { settings { keepReleases } } } ${issues}`;
    const keep = (keepReleases: number | null) =>
      mutate(server, ada.token, 'projectUpdate', { projectId, settings: { keepReleases } }, what);
    expect(await keep(25)).toMatchObject({ project: { settings: { keepReleases: 25 } } });
    expect(await keep(0)).toMatchObject({ issues: [{ path: ['settings', 'keepReleases'] }] });
    expect(await keep(null)).toMatchObject({ project: { settings: { keepReleases: 10 } } });
  });

  test('keeps every version of the settings, with when and who', async () => {
    const { id } = await aProject(server, ada, { slug: 'history' });
    await update({ projectId: id, settings: { port: 4000 } });
    await update({ projectId: id, settings: { port: 5000 } });
    const document = `{ project(by: { id: "${id}" }) { settingsHistory(first: 2) { nodes { version createdAt createdBy { name } settings { port } } pageInfo { hasNextPage } } } }`;
    const { data } = await ask(server, document, {}, { token: ada.token });
    const { nodes, pageInfo } = data.project.settingsHistory;
    expect(nodes).toMatchObject([
      { version: 3, createdBy: { name: 'Ada' }, settings: { port: 5000 } },
      { version: 2, createdBy: { name: 'Ada' }, settings: { port: 4000 } },
    ]);
    expect(pageInfo.hasNextPage).toBe(true);
  });

  test('is refused with a stale version, a slug that is taken, and names that make no sense', async () => {
    const { id } = await aProject(server, ada, { slug: 'stale' });
    await update({ projectId: id, name: 'Newer', settings: { port: 4000 } });
    expect(await update({ projectId: id, name: 'x', expectedVersion: 1 })).toMatchObject({
      code: 'CONFLICT',
      currentVersion: 2,
    });
    expect(await update({ projectId: id, settings: { port: 1 }, expectedSettingsVersion: 1 })).toMatchObject({
      code: 'CONFLICT',
      currentVersion: 2,
    });
    await aProject(server, ada, { slug: 'theirs' });
    expect(await update({ projectId: id, slug: 'theirs' })).toMatchObject({ code: 'CONFLICT', currentVersion: null });
    const wrong = await update({
      projectId: id,
      name: '',
      slug: 'Not',
      repositoryUrl: 'ftp://x',
      settings: { port: 0 },
    });
    expect(wrong.issues.map(({ path }: { path: string[] }) => path.join('.'))).toEqual([
      'name',
      'slug',
      'repositoryUrl',
      'settings.port',
    ]);
  });
});

describe('auto-sleep', () => {
  test('begins as the plan has it, and may not be later or switched off on a plan that has it', async () => {
    const person = await aPerson(server);
    await onPlan(server, person, 'FREE');
    const { id } = await aProject(server, person);
    expect((await update({ projectId: id, settings: { autoSleepMinutes: 5 } }, person)).project).toMatchObject({
      sleepsAfterMinutes: 5,
    });
    for (const autoSleepMinutes of [null, 16]) {
      const refused = await update({ projectId: id, settings: { autoSleepMinutes } }, person);
      expect(refused.issues).toMatchObject([{ path: ['settings', 'autoSleepMinutes'], rule: 'PLAN_LIMIT' }]);
      expect(refused.message).toContain('so that one that nobody uses leaves its memory to the others');
    }
    await onPlan(server, person, 'HOBBY');
    const awake = await update({ projectId: id, settings: { autoSleepMinutes: null } }, person);
    expect(awake.project).toMatchObject({ sleepsAfterMinutes: null, settings: { autoSleepMinutes: null } });
    await onPlan(server, person, 'FREE');
    const { data } = await ask(
      server,
      `{ project(by: { id: "${id}" }) { sleepsAfterMinutes } }`,
      {},
      { token: person.token },
    );
    expect(data.project.sleepsAfterMinutes).toBe(15);
    expect((await update({ projectId: id, settings: { port: 4000 } }, person)).project.settings.port).toBe(4000);
  });

  test('hours in which it stays awake are kept as a setting, judged, and for plans that let projects stay awake', async () => {
    const person = await aPerson(server);
    const { id } = await aProject(server, person);
    await onPlan(server, person, 'HOBBY');
    const office = { timeZone: 'Europe/Berlin', spans: [{ days: ['MON', 'FRI'], from: '08:00', to: '18:00' }] };
    const change = (keepAwake: object | null) => update({ projectId: id, settings: { keepAwake } }, person);
    const kept = async () => {
      const query = `{ project(by: { id: "${id}" }) { settings { keepAwake { timeZone spans { days from to } } } settingsHistory(first: 9) { nodes { version } } } }`;
      return (await ask(server, query, {}, { token: person.token })).data.project;
    };
    expect((await change(office)).issues).toBeUndefined();
    const one = await kept();
    expect(one.settings.keepAwake).toEqual(office);
    const wrong = await change({ ...office, timeZone: 'Mars/Olympus' });
    expect(wrong.issues).toMatchObject([{ path: ['settings', 'keepAwake', 'timeZone'] }]);
    const early = await change({ ...office, spans: [{ days: ['MON'], from: '8', to: '18:00' }] });
    expect(early.issues).toMatchObject([{ path: ['settings', 'keepAwake', 'spans', '0', 'from'] }]);
    // What was chosen on a larger plan may stay: it does not count.
    await onPlan(server, person, 'FREE');
    expect((await update({ projectId: id, settings: { autoSleepMinutes: 5 } }, person)).issues).toBeUndefined();
    expect((await change(office)).issues).toMatchObject([{ path: ['settings', 'keepAwake'], rule: 'PLAN_LIMIT' }]);
    await change(null);
    const none = await kept();
    expect(none.settings.keepAwake).toBeNull();
    expect(none.settingsHistory.nodes.length).toBe(one.settingsHistory.nodes.length + 2);
  });

  test.each([
    ['FREE', undefined, 15],
    ['FREE', 10, 10],
    ['HOBBY', undefined, null],
    ['HOBBY', 60, 60],
  ])('of a new project on %s that asks for %s is %s', async (plan, autoSleepMinutes, expected) => {
    const person = await aPerson(server);
    await onPlan(server, person, plan);
    const { id } = await aProject(server, person, { settings: { autoSleepMinutes } });
    const { data } = await ask(
      server,
      `{ project(by: { id: "${id}" }) { settings { autoSleepMinutes } } }`,
      {},
      { token: person.token },
    );
    expect(data.project.settings.autoSleepMinutes).toBe(expected);
  });
});

describe('projectDelete', () => {
  test('stops what runs, ends what is deployed, frees the slice, and says until when it can be restored', async () => {
    const person = await aPerson(server);
    const project = await aProject(server, person, { slug: 'gone', resources: slice(GiB) });
    await goLive(project);
    const [queued, building] = [
      await aDeployment(server, project),
      await aDeployment(server, project, { status: 'BUILDING' }),
    ];
    const deleted = await remove(project.id, 'gone', person);
    expect(deleted.project).toMatchObject({ state: 'DELETING', allocation: null, version: 2 });
    expect(deleted.pool).toEqual({ version: 3, allocated: { memoryBytes: 0 } });
    const hours = (new Date(deleted.project.deletesAt).getTime() - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(71.9);
    expect(hours).toBeLessThanOrEqual(72);
    expect(await environmentOf(project)).toMatchObject({ desiredState: 'STOPPED' });
    expect(server.asked).toContain(`stop ${uuid(project.environmentId)}`);
    const row = (id: string) => server.db.deployment.findUniqueOrThrow({ where: { id } });
    expect(await row(queued)).toMatchObject({ status: 'CANCELED' });
    expect(await row(building)).toMatchObject({ status: 'BUILDING', cancelRequestedAt: expect.any(Date) as Date });
    const events = await server.db.event.findMany({
      where: { streamId: uuid(project.id) },
      orderBy: { sequence: 'asc' },
    });
    expect(events.map(({ type }) => type)).toEqual([
      'project.created',
      'deployment.canceled',
      'deployment.cancel_requested',
      'project.deleted',
    ]);
  });

  test('wants the slug, letter for letter, and happens once', async () => {
    const { id } = await aProject(server, ada, { slug: 'careful' });
    expect(await remove(id, 'Careful')).toMatchObject({
      code: 'VALIDATION',
      issues: [{ path: ['confirmSlug'], rule: 'MISMATCH' }],
    });
    expect(await remove(id, 'careful')).toMatchObject({ __typename: 'ProjectDeletePayload' });
    expect(await remove(id, 'careful')).toMatchObject({ code: 'INVALID_STATE', currentState: 'DELETING' });
  });

  test('leaves a project to which nothing can be done but restoring it', async () => {
    const project = await aProject(server, ada, { slug: 'frozen' });
    const releaseId = await aRelease(server, project);
    await aDeployment(server, project, { status: 'READY', serving: 'STANDBY', releaseId });
    await remove(project.id, 'frozen');
    const { environmentId } = project;
    const attempts: [string, object][] = [
      ['projectUpdate', { projectId: project.id, name: 'x' }],
      ['environmentUpdate', { environmentId, instances: 2 }],
      ['variablesSet', { environmentId, variables: [{ key: 'A', value: '1' }] }],
      ['sourceUploadCreate', { projectId: project.id, sha256: 'a'.repeat(64), sizeBytes: 1 }],
      ['deploymentCreate', { environmentId }],
      ['deploymentRollback', { environmentId }],
      [
        'allocationsSet',
        { organizationId: ada.organizationId, changes: [{ projectId: project.id, limits: slice(64 * MiB) }] },
      ],
    ];
    for (const [field, input] of attempts) {
      expect([field, (await mutate(server, ada.token, field, input, state)).currentState]).toEqual([field, 'DELETING']);
    }
    expect(await server.db.deployment.count({ where: { projectId: uuid(project.id) } })).toBe(1);
  });

  test('and a deployment at the same time: either it is refused, or it is ended with the project', async () => {
    const project = await aProject(server, ada, { slug: 'race' });
    const create = () => mutate(server, ada.token, 'deploymentCreate', { environmentId: project.environmentId }, '');
    await Promise.all([create(), create(), remove(project.id, 'race'), create(), create()]);
    const left = await server.db.deployment.count({
      where: { projectId: uuid(project.id), status: { notIn: ['CANCELED', 'SUPERSEDED'] } },
    });
    expect(left).toBe(0);
  });
});

describe('projectRestore', () => {
  test('gives the slice back, and has what ran before come back', async () => {
    const person = await aPerson(server);
    const project = await aProject(server, person, { slug: 'back', resources: slice(GiB) });
    await goLive(project);
    await remove(project.id, 'back', person);
    const restored = await restore(project.id, person);
    expect(restored).toMatchObject({
      sliceRestored: true,
      project: { state: 'ACTIVE', deletesAt: null, allocation: { limits: { memoryBytes: GiB } } },
    });
    expect(await environmentOf(project)).toMatchObject({ desiredState: 'RUNNING', stateReason: null });
    expect(server.asked).toContain(`bring-back ${uuid(project.environmentId)}`);
    expect(await restore(project.id, person)).toMatchObject({ code: 'INVALID_STATE', currentState: 'ACTIVE' });
  });

  test('leaves stopped what somebody had stopped before', async () => {
    const person = await aPerson(server);
    const project = await aProject(server, person, { slug: 'quiet', resources: slice(GiB) });
    await goLive(project);
    await mutate(server, person.token, 'environmentStop', { environmentId: project.environmentId }, '');
    await remove(project.id, 'quiet', person);
    expect(await restore(project.id, person)).toMatchObject({ sliceRestored: true });
    const stopped = { desiredState: 'STOPPED', stateReason: expect.stringContaining('by hand') as string };
    expect(await environmentOf(project)).toMatchObject(stopped);
    expect(server.asked).not.toContain(`bring-back ${uuid(project.environmentId)}`);
  });

  test('goes without the slice when others have it by now, and says so; once it has one, what ran before comes back', async () => {
    const person = await aPerson(server);
    const project = await aProject(server, person, { slug: 'late', resources: slice(2 * GiB) });
    await goLive(project);
    await remove(project.id, 'late', person);
    for (const name of ['a', 'b']) await aProject(server, person, { name, resources: slice(1536 * MiB) });
    expect(await restore(project.id, person)).toMatchObject({
      sliceRestored: false,
      project: { state: 'ACTIVE', allocation: null },
    });
    expect(await environmentOf(project)).toMatchObject({
      desiredState: 'STOPPED',
      stateReason: expect.stringContaining('allocationsSet') as string,
    });
    expect(server.asked).not.toContain(`bring-back ${uuid(project.environmentId)}`);
    const changes = [{ projectId: project.id, limits: slice(512 * MiB) }];
    await mutate(server, person.token, 'allocationsSet', { organizationId: person.organizationId, changes }, '');
    expect(await environmentOf(project)).toMatchObject({ desiredState: 'RUNNING' });
    expect(server.asked).toContain(`bring-back ${uuid(project.environmentId)}`);
  });

  test('is refused once the time is over, and when the plan holds no more projects', async () => {
    const person = await aPerson(server);
    await onPlan(server, person, 'FREE');
    const { id } = await aProject(server, person, { slug: 'first' });
    await remove(id, 'first', person);
    for (const name of ['a', 'b', 'c']) await aProject(server, person, { name });
    expect(await restore(id, person)).toMatchObject({ code: 'PLAN_LIMIT', limit: 'projects' });
    await server.db.project.update({ where: { id: uuid(id) }, data: { deletesAt: new Date(Date.now() - 1_000) } });
    expect(await restore(id, person)).toMatchObject({ code: 'INVALID_STATE', currentState: 'ERASING' });
  });
});

test('a project is refused while more deleted ones wait to be erased than the plan holds and 10 besides', async () => {
  const person = await aPerson(server);
  await onPlan(server, person, 'FREE');
  const organizationId = uuid(person.organizationId);
  const { maxProjects } = await server.db.plan.findUniqueOrThrow({ where: { code: 'FREE' } });
  const deletesAt = new Date(Date.now() + 60_000);
  const deleted = Array.from({ length: maxProjects + 10 }, (_, i) => ({
    id: newId(),
    organizationId,
    slug: `gone-${i}`,
    name: 'Gone',
    settings: {},
    deletesAt,
  }));
  await server.db.project.createMany({ data: deleted });
  const last = await aProject(server, person, { slug: 'last' });
  await remove(last.id, 'last', person);
  const create = (name: string) =>
    mutate(
      server,
      person.token,
      'projectCreate',
      { organizationId: person.organizationId, name },
      '... on ProjectCreatePayload { project { name } } ... on PlanLimitError { message limit maximum current }',
    );
  const counts = { limit: 'deletedProjects', maximum: maxProjects + 10, current: maxProjects + 11 };
  const refused = await create('More');
  expect(refused).toMatchObject({ code: 'PLAN_LIMIT', ...counts });
  expect(refused.message).toContain(`the next goes at ${deletesAt.toISOString()}`);
  await server.db.project.delete({ where: { id: deleted[0]?.id ?? '' } });
  expect(await create('More')).toMatchObject({ project: { name: 'More' } });
});
