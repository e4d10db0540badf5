import { access, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { newId, publicId } from '@apployd/core/id';
import { buildLogOf, runtimeLogOf } from '@apployd/core/log-line';
import { uploadBlobKey } from '@apployd/core/upload';
import type { Environment } from '@apployd/prisma/generated/client/client';
import { expect, test } from 'vitest';
import type { Engine } from '../engine.js';
import { reconcile } from '../testing/reconcile.js';
import { aDeployment, anEnvironment } from '../testing/a-deployment.js';
import { never, useEngine } from '../testing/use-engine.js';
import { eraseProject } from './erase.js';

const house = useEngine();

/** As projectDelete leaves it, with its time over since a second, or that many seconds to go. */
async function remove(secondsToGo = -1): Promise<string> {
  const { db } = house.engine;
  const { projectId: id } = house.environment;
  await db.project.update({ where: { id }, data: { deletesAt: new Date(Date.now() + secondsToGo * 1_000) } });
  await db.allocation.deleteMany({ where: { projectId: id } });
  await db.environment.updateMany({ where: { projectId: id }, data: { desiredState: 'STOPPED' } });
  return id;
}

/** Two releases, one of them live and the other not retired yet, a build that failed and left its folder, an upload, and a line of output. */
async function furnish() {
  const { engine, environment } = house;
  const { organizationId, projectId } = environment;
  const first = await house.goLive('one');
  const live = await house.goLive('two');
  const failed = await aDeployment(engine, environment, { status: 'FAILED' });
  const folder = path.join(engine.settings.workFolder, failed.id);
  await mkdir(folder, { recursive: true });
  const at = { organizationId, projectId, expiresAt: new Date() };
  const upload = await engine.db.upload.create({ data: { id: newId(), ...at, sha256: 'a', sizeBytes: 1n } });
  await engine.blobs.put(uploadBlobKey(upload), Readable.from('x'), { maxBytes: 1 });
  const line = { at: new Date(), source: 'STDOUT', message: 'hello', deploymentId: live.id } as const;
  await engine.logs.append(runtimeLogOf(environment.id), organizationId, [line]);
  return { first, live, folder, upload };
}

type Furniture = Awaited<ReturnType<typeof furnish>>;

/** All that there is to be seen of it, outside of the database and in it. */
async function leftOf({ first, live, folder, upload }: Furniture) {
  const { db, logs, blobs, builder } = house.engine;
  const { id, projectId } = house.environment;
  const linesOf = async (stream: Parameters<typeof logs.read>[0]) =>
    (await logs.read(stream, { limit: 1 })).lines.length;
  const images = await Promise.all([first, live].map(({ release }) => builder.has(release?.imageId ?? '')));
  return {
    running: house.running().length,
    images: images.filter((has) => has).length,
    folder: await access(folder).then(
      () => true,
      () => false,
    ),
    blob: await blobs.has(uploadBlobKey(upload)),
    lines: (await linesOf(buildLogOf(live.id))) + (await linesOf(runtimeLogOf(id))),
    rows: [
      await db.project.count({ where: { id: projectId } }),
      await db.environment.count({ where: { projectId } }),
      await db.deployment.count({ where: { projectId } }),
      await db.release.count({ where: { projectId } }),
      await db.upload.count({ where: { projectId } }),
      await db.instance.count({ where: { environmentId: id } }),
      await db.route.count({ where: { environmentId: id } }),
      await db.eventStream.count({ where: { id: projectId } }),
    ],
  };
}

const nothing = { running: 0, images: 0, folder: false, blob: false, lines: 0, rows: [0, 0, 0, 0, 0, 0, 0, 0] };

test('a project whose time is over goes with all that was its own, and nothing else does', async () => {
  const { engine, environment } = house;
  const neighbour = await anEnvironment(engine);
  const kept = await aDeployment(engine, neighbour, { status: 'READY', serving: 'LIVE' });
  const furniture = await furnish();
  expect(await leftOf(furniture)).toMatchObject({ running: 2, images: 2, folder: true, blob: true, lines: 2 });
  const id = await remove();
  await eraseProject(engine, id, never);
  expect(await leftOf(furniture)).toEqual(nothing);
  expect((await house.visit()).status).toBe(404);
  expect(await engine.db.deployment.count({ where: { id: kept.id } })).toBe(1);
  const { organizationId } = environment;
  expect(await engine.db.event.findMany({ where: { organizationId } })).toMatchObject([
    { type: 'project.erased', streamId: organizationId, subjectId: id },
  ]);
  expect(await engine.db.auditEvent.findMany({ where: { organizationId } })).toMatchObject([
    { actorKind: 'SYSTEM', action: 'project.erased', targetId: publicId('Project', id) },
  ]);
  await eraseProject(engine, id, never);
});

test('a history of any length goes in statements of 5,000 rows at most, and a neighbour keeps theirs', async () => {
  const { engine, environment } = house;
  const neighbour = await anEnvironment(engine);
  await fillHistory(environment, 5_001);
  await fillHistory(neighbour, 1);
  const erased = await rowsErasedAtOnce(() => remove().then((id) => eraseProject(engine, id, never)));
  expect(await engine.db.project.count({ where: { id: environment.projectId } })).toBe(0);
  expect(erased).toEqual({ Event: 5_000, Variable: 5_000, VariablesVersion: 5_000, ProjectSettingsVersion: 5_000 });
  expect(await historyOf(environment)).toEqual([0, 0, 0, 0]);
  expect(await historyOf(neighbour)).toEqual([1, 1, 1, 1]);
});

/** So many rows of each kind of history, numbered from 101. */
async function fillHistory({ id, projectId, organizationId }: Environment, rows: number): Promise<void> {
  const { db } = house.engine;
  await db.eventStream.create({ data: { id: projectId, organizationId, kind: 'PROJECT' } });
  const last = 100 + rows;
  await db.$executeRaw`
    INSERT INTO "Event" ("id", "organizationId", "streamId", "sequence", "type", "subjectId", "data")
    SELECT gen_random_uuid(), ${organizationId}::uuid, ${projectId}::uuid, n, 'test', ${id}::uuid, '{}'
    FROM generate_series(101, ${last}::int) AS n`;
  await db.$executeRaw`
    INSERT INTO "Variable" ("id", "organizationId", "environmentId", "key", "fromVersion", "untilVersion", "sealedValue",
      "isSecret", "updatedAt")
    SELECT gen_random_uuid(), ${organizationId}::uuid, ${id}::uuid, 'A', n, n + 1, '', false, now()
    FROM generate_series(101, ${last}::int) AS n`;
  await db.$executeRaw`
    INSERT INTO "VariablesVersion" ("environmentId", "organizationId", "version", "set")
    SELECT ${id}::uuid, ${organizationId}::uuid, n, '{A}' FROM generate_series(101, ${last}::int) AS n`;
  await db.$executeRaw`
    INSERT INTO "ProjectSettingsVersion" ("projectId", "organizationId", "version", "settings")
    SELECT ${projectId}::uuid, ${organizationId}::uuid, n, '{}' FROM generate_series(101, ${last}::int) AS n`;
}

function historyOf({ id: environmentId, projectId }: Environment): Promise<number[]> {
  const { db } = house.engine;
  return Promise.all([
    db.event.count({ where: { streamId: projectId } }),
    db.variable.count({ where: { environmentId } }),
    db.variablesVersion.count({ where: { environmentId } }),
    db.projectSettingsVersion.count({ where: { projectId } }),
  ]);
}

const histories = ['Event', 'Variable', 'VariablesVersion', 'ProjectSettingsVersion'];

/** The most rows of each history that one statement has deleted meanwhile, cascades included. */
async function rowsErasedAtOnce(act: () => Promise<unknown>): Promise<Record<string, number>> {
  const { db } = house.engine;
  await db.$executeRaw`CREATE TABLE "Erased" ("of" text, "rows" bigint)`;
  await db.$executeRaw`
    CREATE FUNCTION note_erased() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN INSERT INTO "Erased" SELECT TG_TABLE_NAME, count(*) FROM gone; RETURN NULL; END $$`;
  for (const table of histories) {
    await db.$executeRawUnsafe(`CREATE TRIGGER note_erased AFTER DELETE ON "${table}"
      REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION note_erased()`);
  }
  await act();
  const most = await db.$queryRaw<{ of: string; rows: bigint }[]>`
    SELECT "of", max("rows") AS "rows" FROM "Erased" GROUP BY "of"`;
  for (const table of histories) await db.$executeRawUnsafe(`DROP TRIGGER note_erased ON "${table}"`);
  await db.$executeRaw`DROP FUNCTION note_erased`;
  await db.$executeRaw`DROP TABLE "Erased"`;
  return Object.fromEntries(most.map(({ of, rows }) => [of, Number(rows)]));
}

test('one that can still be restored, or that nobody deleted, is left as it is', async () => {
  const furniture = await furnish();
  const before = await leftOf(furniture);
  await eraseProject(house.engine, house.environment.projectId, never);
  await eraseProject(house.engine, await remove(60), never);
  expect(await leftOf(furniture)).toEqual(before);
});

test('a deployment that still ends is waited for', async () => {
  const { engine, environment } = house;
  const furniture = await furnish();
  const { id: atWork } = await aDeployment(engine, environment, { status: 'DEPLOYING' });
  const id = await remove();
  await eraseProject(engine, id, never);
  expect(await leftOf(furniture)).toMatchObject({ images: 2, blob: true });
  await engine.db.deployment.update({ where: { id: atWork }, data: { status: 'CANCELED' } });
  await eraseProject(engine, id, never);
  expect(await leftOf(furniture)).toEqual(nothing);
});

test('erasing that is cut short anywhere is gone on with', async () => {
  const furniture = await furnish();
  const id = await remove();
  let crashes = 0;
  for (let acts = 0; (await house.engine.db.project.count({ where: { id } })) > 0; acts += 1) {
    expect(acts).toBeLessThan(100);
    crashes += await eraseProject(crashingAfter(acts), id, never).then(
      () => 0,
      () => 1,
    );
  }
  expect(crashes).toBeGreaterThan(3);
  expect(await leftOf(furniture)).toEqual(nothing);
});

/** An engine that does so many acts outside of the database, and breaks before the next. */
function crashingAfter(acts: number): Engine {
  const { engine } = house;
  let left = acts;
  const breaking = <Port extends object>(port: Port, names: readonly (keyof Port)[]): Port => {
    const broken = names.map((name) => [
      name,
      (...given: unknown[]) => {
        if (left === 0) return Promise.reject(new Error('crash'));
        left -= 1;
        return (port[name] as (...given: unknown[]) => Promise<unknown>)(...given);
      },
    ]);
    return { ...port, ...(Object.fromEntries(broken) as Partial<Port>) };
  };
  return {
    ...engine,
    runtime: breaking(engine.runtime, ['stop', 'forget']),
    builder: breaking(engine.builder, ['discard', 'remove']),
    blobs: breaking(engine.blobs, ['remove']),
    logs: breaking(engine.logs, ['remove']),
  };
}

test('reconcile asks for projects whose time is over, and for no others', async () => {
  const { engine, environment } = house;
  const asked: string[] = [];
  const ask = async (name: string, id: string) => void asked.push(`${name} ${id}`);
  const listening = { ...engine, jobs: { ...engine.jobs, ask } };
  await remove(60);
  await reconcile(listening);
  expect(asked.filter((job) => job.endsWith(environment.projectId))).toEqual([]);
  await remove();
  await reconcile(listening);
  expect(asked.filter((job) => job.endsWith(environment.projectId))).toEqual([`erase ${environment.projectId}`]);
});
