import { rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import { backoffMs } from '@apployd/core/backoff';
import { DeploymentFailure } from '@apployd/core/failure';
import { describeBytes } from '@apployd/core/resources';
import { newId } from '@apployd/core/id';
import { projectSettings } from '@apployd/core/settings';
import type { Prisma, Release } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import type { Image } from '../builder/builder.js';
import type { SourceTree } from '../source/source.js';
import { fetchSource } from './fetch-source.js';
import { Overtaken, type Run } from './run.js';
import { say } from './say.js';
import { step } from './step.js';
import { roomToBuild } from './room.js';

/** The release to bring live: the one that the deployment has already, else a new one from its source. */
export async function ensureRelease(engine: Engine, run: Run, signal: AbortSignal): Promise<Release> {
  const kept = run.deployment.release;
  if (kept && !(await canStart(engine, kept))) throw gone(run);
  if (kept) return kept;
  const ofDeployment = path.join(engine.settings.workFolder, run.deployment.id);
  // Of this claim alone: one that was overtaken removes nothing of its successor's.
  const folder = path.join(ofDeployment, String(run.fence));
  try {
    const fetch = (stop: AbortSignal) => fetchSource(engine, run, folder, stop);
    const tree = await step(engine, run, 'FETCH', signal, fetch, { entering: 'BUILDING', atOnce: true });
    const build = async (stop: AbortSignal) => {
      const image = await buildImage(engine, run, tree, stop);
      return keepRelease(engine, run, tree, image, stop);
    };
    return await step(engine, run, 'BUILD', signal, build, { room: roomToBuild });
  } finally {
    await rm(folder, { recursive: true, force: true });
    await rmdir(ofDeployment).catch(() => undefined); // a successor is at work in it, or reconcile removes it
  }
}

async function canStart(engine: Engine, release: Release): Promise<boolean> {
  return release.runtime === engine.runtime.kind && (await engine.builder.has(release.imageId));
}

function gone(run: Run): DeploymentFailure {
  const number = run.deployment.number;
  return new DeploymentFailure(
    'RELEASE_GONE',
    'START',
    `The image of deployment ${number} is not kept any more, or was made for another runtime. Deploy its commit again.`,
  );
}

async function buildImage(engine: Engine, run: Run, tree: SourceTree, signal: AbortSignal): Promise<Image> {
  const { id: deploymentId, projectId, organizationId } = run.deployment;
  const image = await engine.builder.build(
    {
      deploymentId,
      projectId,
      organizationId,
      tree,
      settings: projectSettings.parse(run.deployment.project.settings),
      buildVariables: run.variables.plain,
    },
    run.log,
    signal,
  );
  say(run, `Built ${describeBytes(image.sizeBytes)}`);
  return image;
}

const keepTries = 8;
const keepAgainMs = 100;
const mostKeepAgainMs = 5_000;

/** A build is too dear to be lost to a database that does not answer for some seconds: writing it down is tried again. */
async function keepRelease(
  engine: Engine,
  run: Run,
  tree: SourceTree,
  image: Image,
  signal: AbortSignal,
): Promise<Release> {
  const id = newId();
  for (let tried = 1; ; tried += 1) {
    try {
      return await writeRelease(engine, run, { id, tree, image });
    } catch (err) {
      if (err instanceof Overtaken || tried === keepTries) throw err;
      engine.log.warn({ err, deploymentId: run.deployment.id }, 'could not write a release down; trying again');
      await engine.clock.sleep(backoffMs(tried, keepAgainMs, mostKeepAgainMs), signal);
    }
  }
}

type Built = { readonly id: string; readonly tree: SourceTree; readonly image: Image };

/** Writes the release, once, and ties the deployment to it, unless the claim was lost meanwhile. */
async function writeRelease(engine: Engine, run: Run, built: Built): Promise<Release> {
  const { deployment, fence } = run;
  return engine.db.$transaction(async (tx) => {
    const data = [releaseOf(engine, run, built)];
    const [written] = await tx.release.createManyAndReturn({ data, skipDuplicates: true });
    // An earlier try was written after all, and its answer was lost.
    const release = written ?? (await tx.release.findUniqueOrThrow({ where: { id: built.id } }));
    const { count } = await tx.deployment.updateMany({
      where: { id: deployment.id, fence },
      data: { releaseId: release.id },
    });
    if (count === 0) throw new Overtaken(deployment.id);
    return release;
  });
}

function releaseOf({ runtime }: Engine, { deployment }: Run, { id, tree, image }: Built) {
  const { organizationId, projectId, project, environment } = deployment;
  return {
    ...{ id, organizationId, projectId },
    runtime: runtime.kind,
    imageId: image.id,
    imageSizeBytes: BigInt(image.sizeBytes),
    command: image.command ? [...image.command] : undefined,
    variablesVersion: deployment.variablesVersion ?? environment.variablesVersion,
    settingsVersion: project.settingsVersion,
    settings: projectSettings.parse(project.settings),
    commit: tree.commit?.sha ?? null,
  } satisfies Prisma.ReleaseCreateManyInput;
}
