import path from 'node:path';

/** Where the content of a volume is, on a machine whose runtime mounts nothing. */
export function volumeFolder(folder: string, id: string): string {
  return path.join(folder, id);
}
