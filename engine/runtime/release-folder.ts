import { join } from 'node:path';

/** The folder that a release of the process runtime runs in. Throws for a name that could lead out of `root`. */
export function releaseFolder(root: string, imageId: string): string {
  const deploymentId = /^process:([A-Za-z0-9][A-Za-z0-9_-]{0,63})$/.exec(imageId)?.[1];
  if (!deploymentId) throw new Error(`Not an image of the process builder: ${JSON.stringify(imageId)}`);
  return join(root, deploymentId);
}
