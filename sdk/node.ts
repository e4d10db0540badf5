import { Apployd as UniversalApployd, type ApploydOptions } from './client.js';
import { keyed, unwrap } from './calls.js';
import type { DeploymentHandle, Deployments } from './deployments.js';
import { SourceUploadCreateDocument } from './generated/operations.js';
import type { KeyedOptions } from './http/requests.js';
import { reachable } from './http/reachable.js';
import { packFolder } from './upload/pack-folder.js';
import { uploadArchive } from './upload/upload-archive.js';

export * from './index.js';

export type FromFolderInput = {
  readonly projectId: string;
  readonly environmentId: string;
  /** More to leave out, in the manner of .gitignore. */
  readonly ignore?: readonly string[];
  /** Told as bytes leave; not at all when the same archive is there already. */
  readonly onProgress?: (sentBytes: number, totalBytes: number) => void;
};

export interface NodeDeployments extends Deployments {
  /**
   * Deploys a folder of this machine: packs it without .git, node_modules and what .gitignore and .dockerignore name, uploads it unless the
   * same bytes are there, starts the deployment. Throws what `create` throws; TypeError for an empty folder or a link that leads out of it.
   */
  fromFolder(folder: string, input: FromFolderInput, options?: KeyedOptions): Promise<DeploymentHandle>;
}

/** The client for Node: all of `@apployd/sdk`, and deployments of local folders. */
export class Apployd extends UniversalApployd {
  declare readonly deployments: NodeDeployments;

  constructor(options: ApploydOptions) {
    super(options);
    const fromFolder: NodeDeployments['fromFolder'] = (folder, input, more) =>
      deployFolder(this, options, folder, input, more);
    Object.assign(this.deployments, { fromFolder });
  }
}

async function deployFolder(
  apployd: UniversalApployd,
  { url, fetch = globalThis.fetch }: ApploydOptions,
  folder: string,
  { projectId, environmentId, ignore, onProgress }: FromFolderInput,
  options: KeyedOptions = {},
): Promise<DeploymentHandle> {
  const { signal } = options;
  const archive = await packFolder(folder, ignore, signal);
  try {
    const input = { projectId, sha256: archive.sha256, sizeBytes: archive.sizeBytes };
    const { sourceUploadCreate } = await apployd.request(
      SourceUploadCreateDocument,
      { input: keyed(input, options) },
      options,
    );
    const { uploadId, uploadUrl, stored } = unwrap(present(sourceUploadCreate));
    if (!stored) {
      await uploadArchive(archive, reachable(uploadUrl, url), { fetch, token: apployd.token, signal, onProgress });
    }
    return await apployd.deployments.create({ environmentId, source: { uploadId } }, options);
  } finally {
    await archive.remove();
  }
}

function present<T>(result: T | null): T {
  if (result === null) throw new TypeError('The API gave no place for the upload.');
  return result;
}
