import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Environment } from './config.js';

/** A program that the launcher runs as a child. */
export interface Room {
  readonly name: string;
  /** Below the repository, or absolute. */
  readonly program: string;
  /** Children of a lower stage end first. */
  readonly endStage: number;
  /** What Node is told about its memory, where it runs what was built; `fewLeftovers` when absent. */
  readonly memory?: string;
  /** Left out when it is not built. */
  readonly optional?: boolean;
  /** What else its build makes, below the repository. */
  readonly needs?: string;
  /** Variables that it has no use for, and that are not told to it. */
  readonly keptFrom?: readonly string[];
}

/**
 * In MiB, for what is new. With Node's own 16 an idle room keeps what its start left behind; with 2 the server spends a
 * quarter of its time collecting what many requests at once hold for a moment.
 */
const fewLeftovers = '--max-semi-space-size=2';
const manyAtOnce = '--max-semi-space-size=8';
/** Rather small than fast: requests would cost half as much CPU again. */
const small = '--optimize-for-size';

/** Secrets of whoever deals with money. */
const ofPayments = ['STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRETS'];

/** The platform. The edge ends last, so that visitors are served as long as anything is. */
export const rooms: readonly Room[] = [
  {
    name: 'server',
    program: 'server/dist/main.js',
    endStage: 1,
    memory: manyAtOnce,
    keptFrom: ['APPLOYD_CERTIFICATE_SECRET'],
  },
  { name: 'engine', program: 'engine/dist/main.js', endStage: 1, memory: small },
  { name: 'edge', program: 'edge/dist/main.js', endStage: 2, keptFrom: ['APPLOYD_SECRET', ...ofPayments] },
  {
    name: 'dashboard',
    program: 'dashboard/dist/main.js',
    endStage: 2,
    optional: true,
    needs: 'dashboard/dist/pages/server/index.js',
    keptFrom: ['APPLOYD_SECRET', 'APPLOYD_CERTIFICATE_SECRET', 'DATABASE_URL', 'REDIS_URL', ...ofPayments],
  },
];

/** What Node is given to run a room: what was built, or with `fromSource` its TypeScript. */
export function commandOf(room: Room, fromSource: boolean): readonly string[] {
  const program = path.resolve(repositoryRoot(), room.program);
  if (!fromSource) return [room.memory ?? fewLeftovers, program];
  return ['--conditions=source', '--import', 'tsx', program.replace('/dist/', '/').replace(/\.js$/, '.ts')];
}

/** Given to every room where we were started without them. glibc keeps freed memory for each of Node's threads. */
export const roomEnvironment = { NODE_ENV: 'production', MALLOC_ARENA_MAX: '2' } as const;

/** What the room is told of the environment. */
export function toldTo({ keptFrom = [] }: Room, env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !keptFrom.includes(name)));
}

/** The rooms that are there to be run. */
export function presentRooms(all: readonly Room[], fromSource: boolean): readonly Room[] {
  return all.filter((room) => !room.optional || isBuilt(room, fromSource));
}

function isBuilt(room: Room, fromSource: boolean): boolean {
  const made = [commandOf(room, fromSource).at(-1) ?? '', path.resolve(repositoryRoot(), room.needs ?? '')];
  return made.every((file) => existsSync(file));
}

/** Holds `launch/`, whether this runs from there or from `launch/dist/`. */
export function repositoryRoot(): string {
  const here = path.dirname(fileURLToPath(import.meta.url));
  return path.resolve(here, path.basename(here) === 'dist' ? '../..' : '..');
}
