import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** A program that the launcher runs as a child. */
export interface Room {
  readonly name: string;
  /** Below the repository, or absolute. */
  readonly program: string;
  /** Children of a lower stage end first. */
  readonly endStage: number;
  /** Left out when it is not built. */
  readonly optional?: boolean;
}

/** The platform. The edge ends last, so that visitors are served as long as anything is. */
export const rooms: readonly Room[] = [
  { name: 'server', program: 'server/dist/main.js', endStage: 1 },
  { name: 'engine', program: 'engine/dist/main.js', endStage: 1 },
  { name: 'edge', program: 'edge/dist/main.js', endStage: 2 },
  { name: 'dashboard', program: 'dashboard/dist/main.js', endStage: 2, optional: true },
];

/** What Node is given to run a room: what was built, or with `fromSource` its TypeScript. */
export function commandOf(room: Room, fromSource: boolean): readonly string[] {
  const program = path.resolve(repositoryRoot(), room.program);
  if (!fromSource) return [program];
  return ['--conditions=source', '--import', 'tsx', program.replace('/dist/', '/').replace(/\.js$/, '.ts')];
}

/** The rooms that are there to be run. */
export function presentRooms(all: readonly Room[], fromSource: boolean): readonly Room[] {
  return all.filter((room) => !room.optional || existsSync(commandOf(room, fromSource).at(-1) ?? ''));
}

/** Holds `launch/`, whether this runs from there or from `launch/dist/`. */
export function repositoryRoot(): string {
  const here = path.dirname(fileURLToPath(import.meta.url));
  return path.resolve(here, path.basename(here) === 'dist' ? '../..' : '..');
}
