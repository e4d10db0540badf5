import { mkdir, stat, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const stamp = path.join(root, 'node_modules', '.cache', 'apployd-built');

/** When the last build that succeeded began, in milliseconds; 0 when there is none. */
export const builtAt = () =>
  stat(stamp).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );

/** What has changed since it began was not built for certain. */
export async function markBuilt(startedAt) {
  await mkdir(path.dirname(stamp), { recursive: true });
  await writeFile(stamp, '');
  await utimes(stamp, startedAt, startedAt);
}
