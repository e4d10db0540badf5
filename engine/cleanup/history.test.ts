import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { newId } from '@apployd/core/id';
import { runtimeLogOf } from '@apployd/core/log-line';
import { uploadBlobKey } from '@apployd/core/upload';
import { aDeployment } from '../testing/a-deployment.js';
import { useEngine } from '../testing/use-engine.js';
import { forgetHistory } from './forget-history.js';
import { forgetReports } from './forget-reports.js';
import { forgetUploads } from './forget-uploads.js';
import { forgetUsage } from './forget-usage.js';

const house = useEngine();
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);

test('lines are kept as long as the plan says, events as long as the operator does, and no longer', async () => {
  const { engine, environment } = house;
  const { db } = engine;
  const { organizationId, projectId } = environment;
  const { plan } = await db.organization.findUniqueOrThrow({ where: { id: organizationId }, select: { plan: true } });
  const streamId = runtimeLogOf(environment.id);
  await db.logStream.create({ data: { id: streamId, organizationId, lastSequence: 2n } });
  const ages = [plan.logRetentionDays + 1, plan.logRetentionDays - 1];
  await db.logChunk.createMany({
    data: ages.map((age, i) => ({
      ...{ streamId, organizationId, lines: new Uint8Array(), createdAt: daysAgo(age) },
      ...{ firstSequence: BigInt(i + 1), lastSequence: BigInt(i + 1) },
    })),
  });
  await db.eventStream.create({ data: { id: projectId, organizationId, kind: 'PROJECT', lastSequence: 2n } });
  await db.event.createMany({
    data: [91, 89].map((age, i) => ({
      ...{ id: newId(), organizationId, streamId: projectId, sequence: BigInt(i + 1), createdAt: daysAgo(age) },
      ...{ type: 'test', subjectId: projectId, data: {} },
    })),
  });
  await forgetHistory(engine);
  const chunks = await db.logChunk.findMany({ where: { streamId } });
  expect(chunks.map(({ firstSequence }) => firstSequence)).toEqual([2n]);
  const events = await db.event.findMany({ where: { streamId: projectId } });
  expect(events.map(({ sequence }) => sequence)).toEqual([2n]);
});

test('hours of usage are kept for as long as anybody can look back, and months for good', async () => {
  const { engine, environment } = house;
  const { organizationId, projectId, id: environmentId } = environment;
  const of = { organizationId, projectId };
  await engine.db.usageHour.createMany({
    data: [94, 92].map((age) => ({ ...of, environmentId, hour: daysAgo(age), bytesOut: BigInt(age) })),
  });
  await engine.db.usageMonth.create({ data: { ...of, month: daysAgo(400), bytesOut: 1n } });
  await forgetUsage(engine);
  const hours = await engine.db.usageHour.findMany({ where: { environmentId } });
  expect(hours.map(({ bytesOut }) => bytesOut)).toEqual([92n]);
  expect(await engine.db.usageMonth.count({ where: { projectId } })).toBe(1);
});

test('reports of bandwidth beyond the pool go 13 months after they were told or given up, and never before', async () => {
  const { engine, environment } = house;
  const report = { organizationId: environment.organizationId, customerId: 'cus_1', isLive: false };
  const ages = [430, 380, null];
  await engine.db.overageReport.createMany({
    data: ages.flatMap((age, i) => {
      const [createdAt, at] = [daysAgo(500), age === null ? null : daysAgo(age)];
      return [
        { ...report, id: newId(), gigabytes: i, createdAt, sentAt: at },
        { ...report, id: newId(), gigabytes: i, createdAt, givenUpAt: at },
      ];
    }),
  });
  await forgetReports(engine);
  const kept = await engine.db.overageReport.findMany({ orderBy: { gigabytes: 'asc' } });
  expect(kept.map(({ gigabytes }) => gigabytes)).toEqual([1, 1, 2, 2]);
});

test('an upload goes when its time is over, unless its deployment is at work or can be gone back to', async () => {
  const { engine, environment } = house;
  const { organizationId, projectId } = environment;
  const anUpload = async (expiresAt: Date, deployment: Parameters<typeof aDeployment>[2] | null) => {
    const data = {
      id: newId(),
      organizationId,
      projectId,
      sha256: newId(),
      sizeBytes: 1n,
      storedAt: daysAgo(3),
      expiresAt,
    };
    const upload = await engine.db.upload.create({ data });
    await engine.blobs.put(uploadBlobKey(upload), Readable.from('x'), { maxBytes: 1 });
    if (deployment) await aDeployment(engine, environment, { ...deployment, uploadId: upload.id });
    return upload;
  };
  const uploads = [
    await anUpload(daysAgo(1), null),
    await anUpload(daysAgo(1), { status: 'FAILED' }),
    await anUpload(daysAgo(-1), null),
    await anUpload(daysAgo(1), { status: 'READY', serving: 'STANDBY' }),
    await anUpload(daysAgo(1), { status: 'QUEUED' }),
  ];
  const broken = { ...engine.blobs, remove: () => Promise.reject(new Error('The disk is away.')) };
  await expect(forgetUploads({ ...engine, blobs: broken })).rejects.toThrow('away');
  // The row stays until the archive has gone: the next turn finds it.
  expect(await engine.db.upload.count()).toBe(uploads.length);
  await forgetUploads(engine);
  const blobs = await Promise.all(uploads.map((upload) => engine.blobs.has(uploadBlobKey(upload))));
  const rows = await Promise.all(uploads.map(({ id }) => engine.db.upload.count({ where: { id } })));
  expect(blobs).toEqual([false, false, true, true, true]);
  expect(rows).toEqual([0, 0, 1, 1, 1]);
});
