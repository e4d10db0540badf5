import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A git repository of a sample app, made for the demo. */
export type Repository = {
  readonly url: string;
  /** Replaces text in a file and commits; the new commit's id. */
  change(file: string, from: string, to: string): Promise<string>;
};

/** Copies the example into a new repository in `folder` and commits it. */
export async function makeRepository(example: string, folder: string): Promise<Repository> {
  await mkdir(folder, { recursive: true });
  await cp(example, folder, { recursive: true });
  await git(folder, ['init', '--quiet', '--initial-branch=main']);
  await commit(folder, 'Say hello');
  return {
    url: `file://${folder}`,
    change: async (file, from, to) => {
      const target = path.join(folder, file);
      const text = await readFile(target, 'utf8');
      if (!text.includes(from)) throw new Error(`${file} does not say "${from}" any more`);
      await writeFile(target, text.replace(from, to));
      return commit(folder, `Say ${to}`);
    },
  };
}

async function commit(folder: string, message: string): Promise<string> {
  await git(folder, ['add', '--all']);
  const author = ['-c', 'user.name=Demo', '-c', 'user.email=demo@example.com', '-c', 'commit.gpgsign=false'];
  await git(folder, [...author, 'commit', '--quiet', '--message', message]);
  return (await git(folder, ['rev-parse', '--short', 'HEAD'])).trim();
}

async function git(folder: string, args: readonly string[]): Promise<string> {
  const { stdout } = await run('git', ['-C', folder, ...args], { timeout: 20_000 });
  return stdout;
}
