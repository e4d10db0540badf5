import { posix } from 'node:path';

/** Where an archive's entry belongs, relative and normal; null for the root itself. Throws UnsafeEntry when it leads out. */
export function entryPath(name: string): string | null {
  const path = posix.normalize(name).replace(/\/+$/, '');
  if (path === '.' || path === '') return null;
  if (name.includes('\0') || name.includes('\\') || path.startsWith('/') || leadsOut(path)) {
    throw new UnsafeEntry(`The path ${shown(name)} leads out of the archive.`);
  }
  return path;
}

/** Throws UnsafeEntry when a link at `path` points to anywhere but inside the archive. */
export function refuseOuterLink(path: string, target: string): void {
  const outside = target === '' || target.startsWith('/') || /[\0\\]/.test(target);
  if (outside || leadsOut(posix.join(posix.dirname(path), target))) {
    throw new UnsafeEntry(`The link ${shown(path)} leads out of the archive.`);
  }
}

/** `a/b` for `a/b/c`. */
export function foldersAbove(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

export class UnsafeEntry extends Error {
  override readonly name = 'UnsafeEntry';
}

export function shown(name: string): string {
  return JSON.stringify(name.length > 120 ? `${name.slice(0, 120)}…` : name);
}

function leadsOut(path: string): boolean {
  return path === '..' || path.startsWith('../');
}
