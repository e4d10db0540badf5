import type Dockerode from 'dockerode';
import { callOptions, inTime, unlessGone } from '../runtime/docker-call.js';
import { imageIdOf } from '../runtime/docker-image.js';
import { managedLabel, ownerLabel } from '../runtime/docker-labels.js';
import type { Image, ListedImage } from './builder.js';

/** `command`: what starts it, instead of its own. */
export function imageFrom(
  name: string,
  { Id, Size }: Dockerode.ImageInspectInfo,
  command: readonly string[] | null,
): Image {
  return { id: imageIdOf(name, Id), sizeBytes: Size, command };
}

export function inspectImage(docker: Dockerode, name: string): Promise<Dockerode.ImageInspectInfo | null> {
  return inTime(unlessGone(docker.getImage(name).inspect()));
}

/** By names that are ours as a whole: others may begin like them. */
export async function listImages(docker: Dockerode, owner?: string): Promise<readonly ListedImage[]> {
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

/** Takes the name away. Builds of the same source share an image: it goes with its last name. */
export async function forgetImage(docker: Dockerode, name: string): Promise<void> {
  await unlessGone(docker.getImage(name).remove(callOptions()));
}

/** The same for an id out of a row: nothing is touched that is not ours. */
export async function removeImage(docker: Dockerode, name: string): Promise<void> {
  const found = await inspectImage(docker, name);
  if (found?.Config.Labels?.[managedLabel] !== 'true') return;
  await forgetImage(docker, name);
}
