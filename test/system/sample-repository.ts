import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Contents by path. */
export type Files = Readonly<Record<string, string>>;

/** A git repository whose branches hold what the test puts there. */
export type SampleRepository = {
  readonly url: string;
  /** Makes the branch hold exactly these files, as a new commit; the commit's full id. */
  commit(branch: string, files: Files, message?: string): Promise<string>;
};

export async function sampleRepository(folder: string): Promise<SampleRepository> {
  await mkdir(folder, { recursive: true });
  await git(folder, ['init', '--quiet', '--initial-branch=main']);
  return {
    url: `file://${folder}`,
    commit: async (branch, files, message = `Change ${branch}`) => {
      await git(folder, ['symbolic-ref', 'HEAD', `refs/heads/${branch}`]);
      await git(folder, ['rm', '-rq', '--cached', '--ignore-unmatch', '.']);
      await writeFiles(folder, files);
      await git(folder, ['add', '--', ...Object.keys(files)]);
      const author = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
      await git(folder, [...author, 'commit', '--quiet', '--allow-empty', '--message', message]);
      for (const name of Object.keys(files)) await rm(path.join(folder, name));
      return (await git(folder, ['rev-parse', 'HEAD'])).trim();
    },
  };
}

export async function writeFiles(folder: string, files: Files): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }
}

async function git(folder: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run('git', ['-C', folder, ...args], { timeout: 20_000 });
  return stdout;
}
