import { addAbortSignal, type Readable } from 'node:stream';
import type Dockerode from 'dockerode';
import type { LogWriter } from '@apployd/backplane/logs/log-writer';
import { stoppable, type Stop } from '../command/stoppable.js';
import { answerOf, inTime, statusOf } from '../runtime/docker-call.js';
import { digestOf, imageNameOf } from '../runtime/docker-image.js';
import type { InstanceLimits } from '@apployd/core/demand';
import { buildError, whyEnded } from './build-failure.js';
import type { Builder, BuildRequest, Image } from './builder.js';
import { startArguments } from './command-line.js';
import { dockerFailure } from './docker-failure.js';
import { forgetImage, imageFrom, inspectImage, listImages, removeImage } from './docker-images.js';
import { watchDockerBuild, type DockerBuildLimits } from './docker-watch.js';
import { followDockerBuild, type DockerBuildError } from './docker-output.js';
import { forgetDockerSteps } from './docker-steps.js';
import { declaredOf } from './dockerfile-facts.js';
import { dockerRecipe, type DockerRecipe } from './docker-recipe.js';
import { dockerReuse, held, type DockerReuse } from './docker-reuse.js';

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
  const reuse = dockerReuse(docker);
  return {
    async build(request, log, signal) {
      if (signal.aborted) throw whyEnded(signal.reason);
      const kept = await inspectImage(docker, nameOf(request));
      if (kept) return imageFrom(nameOf(request), kept, startOf(request));
      try {
        return await stoppable(signal, (inner, stop) =>
          build(docker, options, { request, log, signal: inner, stop, reuse }),
        );
      } catch (error) {
        // The last step may have won the race. What Docker does not remove now `discard` finds by its name.
        await forgetImage(docker, nameOf(request)).catch(() => undefined);
        throw signal.aborted ? whyEnded(signal.reason) : error;
      }
    },
    has: async (imageId) => (await inspectImage(docker, imageNameOf(imageId)))?.Id === digestOf(imageId),
    list: () => listImages(docker, options.owner),
    remove: (imageId) => removeImage(docker, imageNameOf(imageId)),
    // Docker ends a build whose client is gone, and removes its containers, by itself.
    async discard(deploymentId) {
      const filters = { reference: [`apployd/*:${deploymentId}`] };
      const found = await inTime(docker.listImages({ filters }));
      const names = found.flatMap(({ RepoTags }) => RepoTags ?? []).filter((name) => name.endsWith(`:${deploymentId}`));
      for (const name of names) await forgetImage(docker, name);
    },
    forgetSteps: (keepMs) => forgetDockerSteps(docker, keepMs),
  };
}

type Work = {
  readonly request: BuildRequest;
  readonly log: LogWriter;
  readonly signal: AbortSignal;
  readonly stop: Stop;
  readonly reuse: DockerReuse;
};

/** What was built of the very same before, else a new one. */
async function build(docker: Dockerode, options: DockerBuilderOptions, work: Work): Promise<Image> {
  const { request, log, reuse } = work;
  const recipe = await dockerRecipe(request, log, options.owner);
  try {
    const { whole, stream } = await held(recipe.context);
    const inputs = { request, recipe, context: whole };
    const key = await reuse.keyOf(inputs);
    const former = await reuse.find(key);
    if (former && (await named(docker, former.Id, request))) {
      log.line('Nothing of it has changed since the last build: its image is used again.', 'PLATFORM');
      return await startable(docker, request, former);
    }
    const image = await buildAnew(docker, options, { ...recipe, context: stream }, work);
    // Somebody may have given a name of what it stands on to another image meanwhile.
    if (key === (await reuse.keyOf(inputs))) reuse.remember(key, image);
    return await startable(docker, request, image);
  } finally {
    recipe.context.destroy();
  }
}

/** Gives an image the deployment's name as well; false where that cannot be, as when it has just gone: then it is built. */
async function named(docker: Dockerode, id: string, request: BuildRequest): Promise<boolean> {
  const tag = { repo: repositoryOf(request), tag: request.deploymentId };
  return inTime(docker.getImage(id).tag(tag)).then(
    () => true,
    () => false,
  );
}

async function buildAnew(
  docker: Dockerode,
  { limits, network }: DockerBuilderOptions,
  recipe: DockerRecipe,
  { request, log, signal, stop }: Work,
): Promise<Dockerode.ImageInspectInfo> {
  const networkName = await network();
  const watch = watchDockerBuild(docker, networkName, limits, stop);
  const follow = { log, signal, onContainer: watch.step };
  const options = buildOptions(recipe, request, limits, networkName);
  const error = await runBuild(docker, recipe, options, follow).finally(watch.end);
  if (error) throw dockerFailure(error, recipe.facts, limits.memoryBytes);
  const found = await inspectImage(docker, nameOf(request));
  if (!found) throw new Error(`Docker built ${nameOf(request)} and does not have it`);
  return found;
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
  }
}

function buildOptions(
  recipe: DockerRecipe,
  request: BuildRequest,
  { memoryBytes, cpuMillicores }: InstanceLimits,
  networkmode: string,
): Dockerode.ImageBuildOptions {
  return {
    version: '1',
    dockerfile: recipe.dockerfile,
    t: nameOf(request),
    rm: true,
    forcerm: true,
    memory: memoryBytes,
    memswap: memoryBytes,
    cpuperiod: cpuPeriodUs,
    cpuquota: Math.max(1_000, Math.round((cpuMillicores / 1000) * cpuPeriodUs)),
    buildargs: declaredOf(recipe.facts, request.buildVariables),
    networkmode,
  };
}

const cpuPeriodUs = 100_000;

const repositoryOf = ({ projectId }: BuildRequest) => `apployd/${projectId}`;

const nameOf = (request: BuildRequest) => `${repositoryOf(request)}:${request.deploymentId}`;

/** An image that says what to start, or is told to by the settings. */
async function startable(docker: Dockerode, request: BuildRequest, found: Dockerode.ImageInspectInfo): Promise<Image> {
  const command = startOf(request);
  const { Cmd, Entrypoint } = found.Config;
  if (command || Cmd?.length || Entrypoint?.length) return imageFrom(nameOf(request), found, command);
  await forgetImage(docker, nameOf(request));
  throw buildError(
    'The image does not say what to start: end the Dockerfile with CMD or ENTRYPOINT, or give a start command in the settings.',
  );
}

/** What takes the place of the image's command; null: that stays. */
function startOf({ settings: { startCommand } }: BuildRequest): readonly string[] | null {
  return startCommand === null ? null : startArguments(startCommand);
}
