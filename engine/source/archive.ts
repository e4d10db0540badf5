import { DeploymentFailure } from '@apployd/core/failure';
import type { Blobs } from '@apployd/backplane/blobs/blobs';
import { appFolder } from './app-folder.js';
import { defaultMaxFiles, limited, type FetchLimits } from './limited.js';
import type { Source } from './source.js';
import { unpack } from './unpack.js';

export type ArchiveLimits = Omit<FetchLimits, 'maxFiles'> & { readonly maxFiles?: number };

/** Unpacks an uploaded tar.gz. What could leave the folder, or is no file, folder or inner link, is refused. */
export function archiveSource(blobs: Pick<Blobs, 'get'>, limits: ArchiveLimits): Source {
  const all: FetchLimits = { maxFiles: defaultMaxFiles, ...limits };
  return {
    fetch: (reference, into, log, signal) =>
      limited(all, into, signal, async (inner) => {
        if (reference.kind !== 'archive') throw new Error(`No archive: ${reference.kind}`);
        const content = await blobs.get(reference.blobKey);
        if (!content) throw gone();
        await unpack(content, into, all, log, inner);
        return { root: await appFolder(into, reference.rootDirectory), commit: null };
      }),
  };
}

function gone(): DeploymentFailure {
  return new DeploymentFailure(
    'SOURCE_UNAVAILABLE',
    'FETCH',
    'The uploaded archive is not kept any more. Upload it again.',
  );
}
