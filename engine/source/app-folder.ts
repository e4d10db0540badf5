import { readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { DeploymentFailure } from '@apployd/core/failure';
import { subFolderProblem } from '@apployd/core/git-reference';

/** The app's folder inside a fetched source, links resolved. Rejects with SOURCE_INVALID when it is none, or not inside. */
export async function appFolder(checkout: string, rootDirectory: string | null): Promise<string> {
  const root = await realpath(checkout);
  if (rootDirectory === null) return root;
  const problem = subFolderProblem(rootDirectory);
  if (problem) throw invalid(problem);
  const folder = await realpath(join(root, rootDirectory)).catch(() => null);
  const isFolder = folder !== null && (await stat(folder)).isDirectory();
  if (!isFolder) throw invalid(`There is no folder ${rootDirectory} in the source.${await hint(root)}`);
  if (!isInside(folder, root)) throw invalid(`The folder ${rootDirectory} leads out of the source.`);
  return folder;
}

/** Whether a resolved path is this folder or below it. */
export function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

async function hint(root: string): Promise<string> {
  const entries = await readdir(root, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  if (folders.length === 0) return ' It has no folders: clear the root directory in the settings.';
  return ` It has ${folders.sort().slice(0, 5).join(', ')}: correct the root directory in the settings.`;
}

function invalid(message: string): DeploymentFailure {
  return new DeploymentFailure('SOURCE_INVALID', 'FETCH', message);
}
