import { DeploymentFailure } from '@apployd/core/failure';
import type { LogWriter } from '@apployd/backplane/logs/log-writer';
import { stoppable } from '../command/stoppable.js';
import { buildError, noBuildPlan, whyEnded } from './build-failure.js';
import type { Builder, BuildRequest, Image } from './builder.js';
import { planBuild } from './plan.js';
import { readTree } from './read-tree.js';

/** What a fake build does: lines for the log, and the exit code of its only step. Rejects when the signal fires. */
export type FakeBuild = (request: BuildRequest, log: LogWriter, signal: AbortSignal) => Promise<number>;

/** A builder without an outside world: it plans like the others, and its images are names. */
export function fakeBuilder(run: FakeBuild = () => Promise.resolve(0)): Builder {
  const images = new Map<string, Image>();
  return {
    async build(request, log, signal) {
      const id = imageIdOf(request.deploymentId);
      const image = images.get(id) ?? { id, sizeBytes: 1, command: ['fake'] };
      if (images.has(id)) return image;
      try {
        await stoppable(signal, (inner) => build(request, log, inner, run));
      } catch (error) {
        throw error instanceof DeploymentFailure ? error : whyEnded(error);
      }
      images.set(id, image);
      return image;
    },
    has: (imageId) => Promise.resolve(images.has(imageId)),
    list: () =>
      Promise.resolve(
        [...images.keys()].map((id) => ({ id, deploymentId: id.slice('fake:'.length), createdAt: new Date(0) })),
      ),
    remove: (imageId) => {
      images.delete(imageId);
      return Promise.resolve();
    },
    discard: (deploymentId) => {
      images.delete(imageIdOf(deploymentId));
      return Promise.resolve();
    },
    forgetSteps: () => Promise.resolve(),
  };
}

function imageIdOf(deploymentId: string): string {
  return `fake:${deploymentId}`;
}

async function build(request: BuildRequest, log: LogWriter, signal: AbortSignal, run: FakeBuild): Promise<void> {
  const { tree, settings } = request;
  const plan = planBuild(await readTree(tree.root, settings.outputDirectory), settings);
  if (plan.kind === 'none') throw noBuildPlan(plan.reason);
  const exitCode = await run(request, log, signal);
  if (exitCode !== 0) throw buildError(`The build failed with exit code ${exitCode}.`, exitCode);
}
