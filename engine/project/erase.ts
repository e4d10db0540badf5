import { activeStatuses } from '@apployd/core/deployment';
import { runtimeLogOf } from '@apployd/core/log-line';
import { uploadBlobKey } from '@apployd/core/upload';
import { leadNoLonger } from '../hostname/lead-here.js';
import type { Engine } from '../engine.js';
import { removeInstance } from '../instance/remove-instance.js';
import { stopEnvironment } from '../instance/stop-environment.js';
import { eraseVolumes } from '../volume/erase.js';
import { eraseDeployment } from './erase-deployment.js';
import { eraseRows } from './erase-rows.js';
import { isErasable } from './erasable.js';
import { untilNone } from './until-none.js';

/**
 * Removes a project that nobody can restore any more with all that is its own: what runs, its images, uploads and logs,
 * then its rows. A thing goes before the row by which it is known: after a crash the next look goes on with what is left.
 */
export async function eraseProject(engine: Engine, id: string, signal: AbortSignal): Promise<void> {
  await engine.leases.hold(`project:${id}`, engine.settings.leaseMs, async (_, lost) => {
    if (!(await isErasable(engine, id)) || (await isAtWork(engine, id))) return;
    await erase(engine, id, AbortSignal.any([signal, lost]));
  });
}

async function erase(engine: Engine, id: string, signal: AbortSignal): Promise<void> {
  await stopAll(engine, id, signal);
  await untilNone(signal, (take) => deployments(engine, id, take), eraseDeployment(engine));
  await untilNone(signal, (take) => releases(engine, id, take), eraseRelease(engine));
  await untilNone(signal, (take) => uploads(engine, id, take), eraseUpload(engine));
  await eraseVolumes(engine, { projectId: id });
  await eraseRecords(engine, id, signal);
  await eraseRuntimeLogs(engine, id, signal);
  await engine.runtime.forget(id);
  await eraseRows(engine, id, signal);
}

async function eraseRecords(engine: Engine, projectId: string, signal: AbortSignal): Promise<void> {
  const environments = await engine.db.environment.findMany({ where: { projectId }, select: { hostname: true } });
  for (const { hostname } of environments) await leadNoLonger(engine, hostname, signal);
}

/** Deployments were cancelled with the project; one that has not ended yet takes back what it did first. */
async function isAtWork({ db }: Engine, projectId: string): Promise<boolean> {
  return (await db.deployment.count({ where: { projectId, status: { in: [...activeStatuses] } } })) > 0;
}

async function stopAll(engine: Engine, projectId: string, signal: AbortSignal): Promise<void> {
  const environments = await engine.db.environment.findMany({ where: { projectId }, select: { id: true } });
  for (const { id } of environments) await stopEnvironment(engine, id, signal);
  const left = await engine.db.instance.findMany({
    where: { environment: { projectId }, state: { notIn: ['STOPPED', 'CRASHED'] } },
    select: { id: true },
  });
  for (const { id } of left) await removeInstance(engine, id, engine.settings.stopGraceMs);
}

function deployments({ db }: Engine, projectId: string, take: number) {
  return db.deployment.findMany({ where: { projectId }, take, select: { id: true, trigger: true } });
}

function releases({ db }: Engine, projectId: string, take: number) {
  return db.release.findMany({ where: { projectId }, take, select: { id: true, imageId: true } });
}

/** Those that no deployment has any more. */
const eraseRelease = (engine: Engine) => async (release: Awaited<ReturnType<typeof releases>>[number]) => {
  await engine.builder.remove(release.imageId);
  await engine.db.release.deleteMany({ where: { id: release.id } });
};

function uploads({ db }: Engine, projectId: string, take: number) {
  return db.upload.findMany({ where: { projectId }, take, select: { id: true, organizationId: true } });
}

const eraseUpload = (engine: Engine) => async (upload: Awaited<ReturnType<typeof uploads>>[number]) => {
  await engine.blobs.remove(uploadBlobKey(upload));
  await engine.db.upload.deleteMany({ where: { id: upload.id } });
};

async function eraseRuntimeLogs(engine: Engine, projectId: string, signal: AbortSignal): Promise<void> {
  const environments = await engine.db.environment.findMany({ where: { projectId }, select: { id: true } });
  for (const { id } of environments) {
    signal.throwIfAborted();
    await engine.logs.remove(runtimeLogOf(id));
  }
}
