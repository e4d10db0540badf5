import { readFile, statfs } from 'node:fs/promises';

/** A file system in memory that Linux has. */
export const memory = '/dev/shm';

/** What a whole run may take of it, several times over. */
const enoughBytes = 8 * 1024 ** 3;

/**
 * Where tests may put their files instead of on the disk, which costs a small machine more than the tests themselves: data
 * folders of PostgreSQL by the hundred, builds. Null where another place was asked for by TMPDIR, where there is none, no room in
 * it, or where programs may not run.
 */
export async function memoryFolder(): Promise<string | null> {
  if (process.env.TMPDIR) return null;
  const [room, mounts] = await Promise.all([
    statfs(memory).catch(() => null),
    readFile('/proc/mounts', 'utf8').catch(() => ''),
  ]);
  const options =
    mounts
      .split('\n')
      .find((line) => line.split(' ')[1] === memory)
      ?.split(' ')[3] ?? 'noexec';
  const mayRun = !options.split(',').includes('noexec');
  return room && mayRun && room.bavail * room.bsize >= enoughBytes ? memory : null;
}
