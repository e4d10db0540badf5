import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { writeFiles, type FakeFiles } from '../source/fake.js';

export type ScratchRepository = {
  readonly folder: string;
  readonly url: string;
  git(...args: string[]): Promise<string>;
  /** Commits files on the current branch; the commit's sha. */
  commit(files: FakeFiles, message?: string): Promise<string>;
};

const run = promisify(execFile);
const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.test', '-c', 'commit.gpgsign=false'];

/** A new git repository in a folder below `root`, for tests. */
export async function scratchRepository(root: string, name = 'shop'): Promise<ScratchRepository> {
  const folder = join(root, name);
  await mkdir(folder, { recursive: true });
  const git = async (...args: string[]) => {
    const { stdout } = await run('git', [...identity, ...args], { cwd: folder, timeout: 20_000 });
    return stdout.trim();
  };
  await git('init', '-q', '-b', 'main', '--template=');
  return {
    folder,
    url: pathToFileURL(folder).href,
    git,
    commit: async (files, message = 'Say hello') => {
      await writeFiles(folder, files);
      await git('add', '-A');
      await git('commit', '-q', '--allow-empty', '-m', message);
      return git('rev-parse', 'HEAD');
    },
  };
}
