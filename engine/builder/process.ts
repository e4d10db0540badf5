import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LogWriter } from '@apployd/backplane/logs/log-writer';
import { stoppable, type Stop } from '../command/stoppable.js';
import { releaseFolder } from '../runtime/release-folder.js';
import { measureFolder, watchFolder } from '../source/folder-size.js';
import type { Environment } from '../source/git-environment.js';
import { buildError, whyEnded } from './build-failure.js';
import type { Builder, BuildRequest, Image, ListedImage } from './builder.js';
import { copyContext, listContext } from './context.js';
import { processPlan, startOf } from './process-plan.js';
import { endSteps, withSteps, type StepLimits } from './process-steps.js';

export type ProcessBuilderOptions = {
  /** Releases are kept here, a folder each: what the process runtime calls `releases`. */
  readonly folder: string;
  readonly limits: StepLimits & { readonly diskBytes: number };
  /** The operator's environment: search path, npm registry, certificate authorities and proxies are passed on, nothing else. */
  readonly environment: Environment;
  /** Where control groups of builds are made, when this process may; null for none. */
  readonly cgroupParent: string | null;
};

/** Builds on this machine, as child processes, what the process runtime starts. */
export function processBuilder(options: ProcessBuilderOptions): Builder {
  const { folder } = options;
  return {
    async build(request, log, signal) {
      const imageId = imageIdOf(request.deploymentId);
      const into = releaseFolder(folder, imageId);
      if (signal.aborted) throw whyEnded(signal.reason);
      const kept = await readImage(into, imageId);
      if (kept) return kept;
      try {
        if (await exists(into)) await discard(options, request.deploymentId);
        return await stoppable(signal, (inner, stop) => build(options, request, imageId, into, log, inner, stop));
      } catch (error) {
        await removeRelease(into);
        throw signal.aborted ? whyEnded(signal.reason) : error;
      }
    },
    has: async (imageId) => isOurs(imageId) && (await readImage(releaseFolder(folder, imageId), imageId)) !== null,
    list: () => listReleases(folder),
    remove: async (imageId) => {
      if (isOurs(imageId)) await removeRelease(releaseFolder(folder, imageId));
    },
    discard: (deploymentId) => discard(options, deploymentId),
    // Each build has its folder alone, which goes with it.
    forgetSteps: () => Promise.resolve(),
  };
}

async function build(
  options: ProcessBuilderOptions,
  request: BuildRequest,
  imageId: string,
  into: string,
  log: LogWriter,
  signal: AbortSignal,
  stop: Stop,
): Promise<Image> {
  const { maxFiles, diskBytes } = { maxFiles: maxReleaseFiles, ...options.limits };
  const plan = await processPlan(request, log);
  await mkdir(dirname(into), { recursive: true });
  const ignored = plan.kind === 'static' ? [] : ['node_modules'];
  await copyContext(request.tree.root, await listContext(request.tree.root, { ignored }), into);
  const unwatch = watchFolder(into, { maxBytes: diskBytes, maxFiles }, () => stop(tooMuch()));
  try {
    await withSteps(options, request, into, log, signal, async (run) => {
      if (plan.kind === 'static') return;
      for (const argv of [plan.install, plan.build, plan.prune]) if (argv) await run(argv);
    });
  } finally {
    unwatch();
  }
  const { bytes: sizeBytes } = await measureFolder(into, { maxBytes: Infinity, maxFiles: Infinity });
  const image = { id: imageId, sizeBytes, command: await startOf(plan, into) };
  await writeImage(into, image);
  return image;
}

const maxReleaseFiles = 500_000;

function imageIdOf(deploymentId: string): string {
  return `process:${deploymentId}`;
}

function isOurs(imageId: string): boolean {
  return imageId.startsWith('process:');
}

/** Written last: a release without it was never finished. */
function recordOf(into: string): string {
  return `${into}.json`;
}

async function readImage(into: string, id: string): Promise<Image | null> {
  const text = await readFile(recordOf(into), 'utf8').catch(() => null);
  if (text === null) return null;
  const { sizeBytes, command } = JSON.parse(text) as Pick<Image, 'sizeBytes' | 'command'>;
  return { id, sizeBytes, command };
}

async function writeImage(into: string, { sizeBytes, command }: Image): Promise<void> {
  await writeFile(`${recordOf(into)}.new`, JSON.stringify({ sizeBytes, command }));
  await rename(`${recordOf(into)}.new`, recordOf(into));
}

/** Folders without a record too: builds that are under way, or whose engine was ended. */
async function listReleases(folder: string): Promise<readonly ListedImage[]> {
  const names = await readdir(folder).catch(() => []);
  const ids = names.filter((name) => /^[0-9a-f-]{36}$/.test(name));
  const listed = await Promise.all(
    ids.map(async (deploymentId) => {
      const found = await stat(join(folder, deploymentId)).catch(() => null);
      return found ? [{ id: imageIdOf(deploymentId), deploymentId, createdAt: found.birthtime }] : [];
    }),
  );
  return listed.flat();
}

function exists(folder: string): Promise<boolean> {
  return stat(folder).then(
    () => true,
    () => false,
  );
}

/** What an engine left that was ended in the middle of a build goes too: its commands may still run. */
async function discard(options: ProcessBuilderOptions, deploymentId: string): Promise<void> {
  const into = releaseFolder(options.folder, imageIdOf(deploymentId));
  await endSteps(options, deploymentId);
  await removeRelease(into);
}

/** The record goes first, so that no half release is taken for a whole one. */
async function removeRelease(into: string): Promise<void> {
  await rm(recordOf(into), { force: true });
  await rm(`${recordOf(into)}.new`, { force: true });
  await rm(into, { recursive: true, force: true, maxRetries: 3 });
}

function tooMuch() {
  return buildError(
    'The build wrote more files, or larger ones, than a release may hold. Let it clean up after itself.',
  );
}
