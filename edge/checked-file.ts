import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

/** A text in a file, with which nobody else has had to do. */
export type CheckedFile = {
  /** Null when there is none. Throws when there is one that cannot be trusted. */
  load(): Promise<string | null>;
  /** Replaces the file as a whole: a crash leaves the old one or the new one. */
  save(text: string): Promise<void>;
};

const file = z.object({ checksum: z.string(), contents: z.string() });

export function checkedFile(location: string): CheckedFile {
  return {
    load: async () => {
      const text = await readFile(location, 'utf8').catch(absent);
      return text === null ? null : parse(text);
    },
    save: async (text) => {
      await mkdir(path.dirname(location), { recursive: true });
      const next = `${location}.next`;
      const handle = await open(next, 'w', 0o600);
      try {
        await handle.writeFile(JSON.stringify({ checksum: checksum(text), contents: text }));
        await handle.datasync();
      } finally {
        await handle.close();
      }
      await rename(next, location);
      await keepNames(path.dirname(location));
    },
  };
}

/** A name that was given is not on the disk before its folder is. */
async function keepNames(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function parse(text: string): string {
  const outer = file.parse(JSON.parse(text));
  if (outer.checksum !== checksum(outer.contents)) throw new Error('The checksum does not fit.');
  return outer.contents;
}

const checksum = (text: string) => createHash('sha256').update(text).digest('hex');

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
