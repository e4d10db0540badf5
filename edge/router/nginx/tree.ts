import { createHash } from 'node:crypto';
import { mkdir, readdir, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** The folder from which an Nginx runs: its files are a generation, and `current` points at the one in use. */
export type Tree = {
  /**
   * Puts these files in use, all at once, when `test` finds nothing wrong with them. Resolves with the name of their generation,
   * which is in its file `generation` too: an Nginx that has read it can say by it what it serves with.
   */
  replace(files: Readonly<Record<string, string>>, test: (configuration: string) => Promise<void>): Promise<string>;
  /** Puts those in use again that were before. */
  restore(): Promise<void>;
};

export function tree(folder: string): Tree {
  const generations = path.join(folder, 'generations');
  const current = path.join(folder, 'current');
  let former: string | null = null;

  const inUse = () => readlink(current).then(path.basename, () => null);

  const use = async (name: string) => {
    const next = path.join(folder, 'current.next');
    await rm(next, { force: true });
    await symlink(path.join('generations', name), next);
    await rename(next, current);
  };

  const forgetBut = async (...kept: readonly (string | null)[]) => {
    const gone = (await readdir(generations)).filter((name) => !kept.includes(name));
    await Promise.all(gone.map((name) => rm(path.join(generations, name), { recursive: true, force: true })));
  };

  return {
    replace: async (files, test) => {
      const name = nameOf(files);
      const before = await inUse();
      const generation = path.join(generations, name);
      await writeAll(folder, generation, { ...files, generation: name });
      await test(path.join(generation, 'nginx.conf')).catch(async (error: unknown) => {
        await forgetBut(before);
        throw error;
      });
      if (name === before) return name;
      await use(name);
      await forgetBut(name, before);
      former = before;
      return name;
    },
    restore: async () => {
      if (former !== null) await use(former);
    },
  };
}

/** The same files have the same name. */
const nameOf = (files: Readonly<Record<string, string>>) =>
  createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 16);

/** Closed to others: who reaches the folder may change the routes. */
async function writeAll(folder: string, generation: string, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(path.join(folder, 'temporary'), { recursive: true, mode: 0o700 });
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(generation, name);
    await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(file, text, { mode: 0o600 });
  }
}
