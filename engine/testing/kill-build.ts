import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { BuildRequest } from '../builder/builder.js';

/** What `endless-build.ts` is told. */
export type EndlessBuild = {
  readonly request: BuildRequest;
  /** The folder of a process builder, or the network of a Docker builder. */
  readonly place: { readonly folder: string } | { readonly network: string };
};

/** Builds an app whose build hangs, in a process of its own that is killed midway. */
export async function killBuild(build: EndlessBuild): Promise<void> {
  const program = fileURLToPath(new URL('endless-build.ts', import.meta.url));
  const flags = ['--conditions=source', '--import', 'tsx', program, JSON.stringify(build)];
  const child = spawn(process.execPath, flags, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  for await (const line of createInterface(child.stdout)) if (line === 'hanging') break;
  child.kill('SIGKILL');
  await ended;
}
