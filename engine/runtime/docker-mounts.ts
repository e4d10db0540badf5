import { posix } from 'node:path';
import type { Container } from 'dockerode';
import { extract, pack, type Header } from 'tar-stream';
import { dockerVolumeName } from './docker-volume-name.js';
import type { Mount } from '../volume/volumes.js';
import { callOptions } from './docker-call.js';

/** What a container is made with for its volumes, which are there already. */
export function mountOptions(mounts: readonly Mount[]) {
  return mounts.map(({ volumeId, path }) => ({
    Type: 'volume' as const,
    Source: dockerVolumeName(volumeId),
    Target: path,
  }));
}

/**
 * Lets the image's own user write into volumes that are root's alone: Docker makes them so where the image has no folder
 * of that name. One that runs already is left alone.
 */
export async function openMounts(container: Container, mounts: readonly Mount[]): Promise<void> {
  if (mounts.length === 0 || !(await isToStartAsUser(container))) return;
  for (const { path } of mounts) {
    const { uid = 0, mode = 0 } = await folderOf(container, path);
    if (uid !== 0 || (mode & everybodyWrites) !== 0) continue;
    // The folder that an archive is unpacked in keeps its mode, whatever the archive says of it.
    const { dir, base } = posix.parse(path);
    await container.putArchive(await openFolder(base), { path: dir, ...callOptions() });
  }
}

const everybodyWrites = 0o002;

async function isToStartAsUser(container: Container): Promise<boolean> {
  const { Config: config, State: state } = await container.inspect(callOptions());
  return !state.Running && !['', '0', 'root'].includes(config.User.split(':')[0] ?? '');
}

/** Of the folder itself; what is in it is not read. */
async function folderOf(container: Container, path: string): Promise<Header> {
  const archive = await container.getArchive({ path: `${path}/.`, ...callOptions() });
  const reader = extract();
  archive.pipe(reader);
  try {
    for await (const { header } of reader) return header;
    throw new Error(`Nothing is at ${path} in a container that has a volume there.`);
  } finally {
    (archive as NodeJS.ReadableStream & { destroy(): void }).destroy();
  }
}

async function openFolder(name: string): Promise<Buffer> {
  const archive = pack();
  archive.entry({ name, type: 'directory', mode: 0o777, uid: 0, gid: 0 });
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
