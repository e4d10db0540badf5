import { mkdir, rm } from 'node:fs/promises';
import { DeploymentFailure } from '@apployd/core/failure';
import { describeBytes } from '@apployd/core/resources';
import { projectSettings } from '@apployd/core/settings';
import { uploadBlobKey } from '@apployd/core/upload';
import type { Engine } from '../engine.js';
import type { Commit, SourceReference, SourceTree } from '../source/source.js';
import type { Run, RunRow } from './run.js';
import { say } from './say.js';

/** Brings the deployment's source into the folder, made new for it. */
export async function fetchSource(engine: Engine, run: Run, folder: string, signal: AbortSignal): Promise<SourceTree> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const reference = referenceOf(run.deployment);
  say(run, describe(run.deployment));
  const tree = await engine.source.fetch(reference, folder, run.log, signal);
  if (tree.commit) await noteCommit(engine, run, tree.commit);
  if (tree.commit) say(run, `At ${tree.commit.sha.slice(0, 12)}: ${firstLine(tree.commit.message)}`);
  return tree;
}

function referenceOf(deployment: RunRow): SourceReference {
  const { rootDirectory } = projectSettings.parse(deployment.project.settings);
  if (deployment.upload) return { kind: 'archive', blobKey: uploadBlobKey(deployment.upload), rootDirectory };
  if (!deployment.repositoryUrl) {
    throw new DeploymentFailure(
      'SOURCE_UNAVAILABLE',
      'FETCH',
      'The upload of this deployment is not kept any more. Upload it again.',
    );
  }
  return { kind: 'git', repositoryUrl: deployment.repositoryUrl, ref: deployment.ref, rootDirectory };
}

function describe({ upload, repositoryUrl, ref }: RunRow): string {
  if (upload) return `Unpacking the upload (${describeBytes(Number(upload.sizeBytes))})`;
  return `Fetching ${repositoryUrl ?? ''} ${ref ? `at ${ref}` : '(default branch)'}`;
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

/** Known from here on, whatever becomes of the deployment. */
async function noteCommit(engine: Engine, { deployment, fence }: Run, { sha, message, author }: Commit): Promise<void> {
  const data = { commit: sha, commitMessage: message, commitAuthor: author };
  await engine.db.deployment.updateMany({ where: { id: deployment.id, fence }, data });
}
