import { createRequire, Module } from 'node:module';
import type Docker from 'dockerode';

const requireHere = createRequire(import.meta.url);

/**
 * The client's class. It brings gRPC, for BuildKit sessions, and an ssh client, for remote engines: half of its size, and
 * nearly never used. They load when they are first called.
 */
export function loadDocker(): typeof Docker {
  const dockerode = requireHere.resolve('dockerode');
  loadWhenCalled(dockerode, './session');
  loadWhenCalled(createRequire(dockerode).resolve('docker-modem'), './ssh');
  return requireHere('dockerode') as typeof Docker;
}

/** Gives out a function that stands in for the one that `id` exports to `file`. What is loaded already stays. */
function loadWhenCalled(file: string, id: string): void {
  const requireThere = createRequire(file);
  const target = requireThere.resolve(id);
  if (requireThere.cache[target]) return;
  const exports = (...given: unknown[]): unknown => {
    if (requireThere.cache[target]?.exports === exports) delete requireThere.cache[target];
    return (requireThere(target) as (...given: unknown[]) => unknown)(...given);
  };
  requireThere.cache[target] = Object.assign(new Module(target), { exports, loaded: true });
}
