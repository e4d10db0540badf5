import { chown, mkdir, rm } from 'node:fs/promises';
import type { Volumes } from './volumes.js';
import { volumeFolder } from './volume-folder.js';

type FolderVolumesOptions = {
  /** Each volume is a folder in it. */
  readonly folder: string;
  /** Who writes into them, where that is not the engine's own user. */
  readonly user?: { readonly uid: number; readonly gid: number } | null;
};

/** Folders of this machine. */
export function folderVolumes({ folder, user = null }: FolderVolumesOptions): Volumes {
  return {
    async ensure({ id }) {
      const own = volumeFolder(folder, id);
      await mkdir(own, { recursive: true });
      if (user) await chown(own, user.uid, user.gid);
    },
    remove: (id) => rm(volumeFolder(folder, id), { recursive: true, force: true, maxRetries: 3 }),
  };
}
