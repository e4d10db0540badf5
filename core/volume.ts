/** Of one environment, those that wait to be erased among them. */
export const mostVolumes = 5;

const namePattern = /^[a-z](?:[a-z0-9]|-(?=[a-z0-9])){0,31}$/;

/** Null when a volume may be called so, else a sentence. */
export function volumeNameProblem(name: string): string | null {
  if (namePattern.test(name)) return null;
  return 'A volume is named with 1 to 32 characters of a-z, 0-9 and single dashes, beginning with a letter.';
}

const longestPath = 200;
const segment = /^[A-Za-z0-9_@+-][A-Za-z0-9_.@+-]*$/;

/** What belongs to the machine or to the container itself, and what an image cannot start without. */
const systemFolders: readonly string[] = [
  ...['bin', 'boot', 'dev', 'etc', 'lib', 'lib32', 'lib64', 'libx32', 'proc', 'root', 'run', 'sbin', 'sys'],
  ...['usr', 'tmp', 'var/run', 'var/lib/docker'],
];

/** Places below these that apps do keep their data in. */
const allowedBelow: readonly string[] = ['usr/local/share', 'usr/share', 'usr/src', 'root'];

/** Null when a volume may be mounted there, else a sentence. */
export function mountPathProblem(path: string): string | null {
  if (!path.startsWith('/') || path === '/' || path.length > longestPath) return notAbsolute;
  const segments = path.slice(1).split('/');
  if (!segments.every((one) => segment.test(one))) return notAbsolute;
  const bare = segments.join('/');
  const isSystem = systemFolders.some((folder) => bare === folder || bare.startsWith(`${folder}/`));
  const isAllowed = allowedBelow.some((folder) => bare.startsWith(`${folder}/`));
  return isSystem && !isAllowed
    ? `${path} belongs to the system. Mount it at a folder of its own, such as /data.`
    : null;
}

const notAbsolute = `A mount path is absolute, of at most ${longestPath} characters, such as /data or /app/uploads: folders of letters, digits and _ . @ + - that begin with no dot, and nothing behind the last.`;

/** Whether one of the paths lies in the other, or is the same. */
export function areNested(one: string, other: string): boolean {
  return `${one}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${one}/`);
}

const variablePrefix = 'APPLOYD_VOLUME_';

/** Tells the app where the volume is: its mount path, or its folder where the runtime cannot mount. */
export function volumeVariable(name: string): string {
  return variablePrefix + name.toUpperCase().replaceAll('-', '_');
}

export function isVolumeVariable(key: string): boolean {
  return key.startsWith(variablePrefix);
}
