import { addAbortSignal, type Readable } from 'node:stream';
import type Dockerode from 'dockerode';
import type { LogWriter } from '@apployd/backplane/logs/log-writer';
import { stoppable, type Stop } from '../command/stoppable.js';
import { answerOf, callDeadlineMs, callOptions, statusOf, unlessGone } from '../runtime/docker-call.js';
import { digestOf, imageIdOf, imageNameOf } from '../runtime/docker-image.js';
import { managedLabel, ownerLabel } from '../runtime/docker-labels.js';
import type { InstanceLimits } from '@apployd/core/demand';
import { buildError, whyEnded } from './build-failure.js';
import type { Builder, BuildRequest, Image, ListedImage } from './builder.js';
import { dockerFailure } from './docker-failure.js';
import { watchDockerBuild, type DockerBuildLimits } from './docker-watch.js';
import { followDockerBuild, type DockerBuildError } from './docker-output.js';
import { forgetDockerSteps } from './docker-steps.js';
import { dockerRecipe, type DockerRecipe } from './docker-recipe.js';

export type DockerBuilderOptions = {
  /** What every step of a build may use; the disk is for all of them together. */
  readonly limits: InstanceLimits & DockerBuildLimits;
  /** Asked before every build: the network that its containers get, such as `ensureBuildNetwork` makes. */
  readonly network: () => Promise<string>;
  /** Whose images these are, where several platforms share one Docker engine; only its own are listed. */
  readonly owner?: string;
};

/** Builds with a Docker engine: the repository's Dockerfile, or a planned one. */
export function dockerBuilder(docker: Dockerode, options: DockerBuilderOptions): Builder {
  return {
    async build(request, log, signal) {
      if (signal.aborted) throw whyEnded(signal.reason);
      const kept = await imageOf(docker, nameOf(request));
      if (kept) return kept;
      try {
        return await stoppable(signal, (inner, stop) => build(docker, options, { request, log, signal: inner, stop }));
      } catch (error) {
        // The last step may have won the race. What Docker does not remove now `discard` finds by its name.
        await forget(docker, nameOf(request)).catch(() => undefined);
        throw signal.aborted ? whyEnded(signal.reason) : error;
      }
    },
    has: async (imageId) => (await inspect(docker, imageNameOf(imageId)))?.Id === digestOf(imageId),
    list: () => listImages(docker, options.owner),
    remove: (imageId) => removeImage(docker, imageNameOf(imageId)),
    // Docker ends a build whose client is gone, and removes its containers, by itself.
    async discard(deploymentId) {
      const filters = { reference: [`apployd/*:${deploymentId}`] };
      const found = await inTime(docker.listImages({ filters }));
      const names = found.flatMap(({ RepoTags }) => RepoTags ?? []).filter((name) => name.endsWith(`:${deploymentId}`));
      for (const name of names) await forget(docker, name);
    },
    forgetSteps: (keepMs) => forgetDockerSteps(docker, keepMs),
  };
}

type Work = {
  readonly request: BuildRequest;
  readonly log: LogWriter;
  readonly signal: AbortSignal;
  readonly stop: Stop;
};

async function build(
  docker: Dockerode,
  { limits, network, owner }: DockerBuilderOptions,
  { request, log, signal, stop }: Work,
): Promise<Image> {
  const [recipe, networkName] = await Promise.all([dockerRecipe(request, log, owner), network()]);
  const watch = watchDockerBuild(docker, networkName, limits, stop);
  const follow = { log, signal, onContainer: watch.step };
  const error = await runBuild(docker, recipe, buildOptions(recipe, request, limits, networkName), follow).finally(
    watch.end,
  );
  if (error) throw dockerFailure(error, recipe.facts, limits.memoryBytes);
  return startable(docker, nameOf(request));
}

async function runBuild(
  docker: Dockerode,
  { context }: DockerRecipe,
  options: Dockerode.ImageBuildOptions,
  { log, signal, onContainer }: Pick<Work, 'log' | 'signal'> & { readonly onContainer: (id: string) => void },
): Promise<DockerBuildError | null> {
  try {
    const output = await docker.buildImage(context, { ...options, abortSignal: signal });
    return await followDockerBuild(addAbortSignal(signal, output as Readable), log, onContainer);
  } catch (error) {
    if (signal.aborted || statusOf(error) !== 400) throw error;
    return { message: answerOf(error), exitCode: null, step: null, heapFull: false };
  } finally {
    context.destroy();
  }
}

function buildOptions(
  { dockerfile, facts }: DockerRecipe,
  request: BuildRequest,
  { memoryBytes, cpuMillicores }: InstanceLimits,
  networkmode: string,
): Dockerode.ImageBuildOptions {
  const declared = Object.entries(request.buildVariables).filter(([name]) => facts.args.includes(name));
  return {
    version: '1',
    dockerfile,
    t: nameOf(request),
    rm: true,
    forcerm: true,
    memory: memoryBytes,
    memswap: memoryBytes,
    cpuperiod: cpuPeriodUs,
    cpuquota: Math.max(1_000, Math.round((cpuMillicores / 1000) * cpuPeriodUs)),
    buildargs: Object.fromEntries(declared),
    networkmode,
  };
}

const cpuPeriodUs = 100_000;

function nameOf({ projectId, deploymentId }: BuildRequest): string {
  return `apployd/${projectId}:${deploymentId}`;
}

async function startable(docker: Dockerode, name: string): Promise<Image> {
  const found = await inspect(docker, name);
  if (!found) throw new Error(`Docker built ${name} and does not have it`);
  const { Cmd, Entrypoint } = found.Config;
  if (Cmd?.length || Entrypoint?.length) return imageFrom(name, found);
  await forget(docker, name);
  throw buildError('The image does not say what to start: end the Dockerfile with CMD or ENTRYPOINT.');
}

async function imageOf(docker: Dockerode, name: string): Promise<Image | null> {
  const found = await inspect(docker, name);
  return found && imageFrom(name, found);
}

function imageFrom(name: string, { Id, Size }: Dockerode.ImageInspectInfo): Image {
  return { id: imageIdOf(name, Id), sizeBytes: Size, command: null };
}

function inspect(docker: Dockerode, name: string): Promise<Dockerode.ImageInspectInfo | null> {
  return inTime(unlessGone(docker.getImage(name).inspect()));
}

/** By names that are ours as a whole: others may begin like them. */
async function listImages(docker: Dockerode, owner?: string): Promise<readonly ListedImage[]> {
  const label = [`${managedLabel}=true`, ...(owner ? [`${ownerLabel}=${owner}`] : [])];
  const found = await inTime(docker.listImages({ filters: { label } }));
  return found.flatMap(({ Id, Created, RepoTags }) =>
    (RepoTags ?? []).flatMap((name) => {
      const deploymentId = ourName.exec(name)?.[1];
      return deploymentId ? [{ id: imageIdOf(name, Id), deploymentId, createdAt: new Date(Created * 1000) }] : [];
    }),
  );
}

const ourName = /^apployd\/[0-9a-f-]{36}:([0-9a-f-]{36})$/;

/** dockerode cannot end an inspection: this stops waiting for it. */
function inTime<T>(call: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('Docker did not answer in time')), callDeadlineMs);
    call.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Takes the name away. Builds of the same source share an image: it goes with its last name. */
async function forget(docker: Dockerode, name: string): Promise<void> {
  await unlessGone(docker.getImage(name).remove(callOptions()));
}

/** The same for an id out of a row: nothing is touched that is not ours. */
async function removeImage(docker: Dockerode, name: string): Promise<void> {
  const found = await inspect(docker, name);
  if (found?.Config.Labels?.[managedLabel] !== 'true') return;
  await forget(docker, name);
}
