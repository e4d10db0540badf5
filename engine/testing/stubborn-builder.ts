import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Builder } from '../builder/builder.js';
import { startArguments } from '../builder/command-line.js';
import type { FakeApp, FakeMachine } from '../runtime/fake.js';

/** A builder whose images are the functions that a test names, and that waits, or breaks, when a test says so. */
export type StubbornBuilder = Builder & {
  /** What a source runs: `app.txt` holds the name. */
  readonly apps: Map<string, FakeApp>;
  /** Done before each build, with its signal. */
  before: (signal: AbortSignal) => Promise<void>;
  builds: number;
  /** When all that is there was built. */
  builtAt: Date;
  /** What `forgetSteps` was told, call by call. */
  readonly forgotten: number[];
};

export function stubbornBuilder(machine: FakeMachine): StubbornBuilder {
  const apps = new Map<string, FakeApp>();
  const builder: StubbornBuilder = {
    apps,
    builds: 0,
    builtAt: new Date(),
    forgotten: [],
    before: async () => undefined,
    build: async ({ deploymentId, tree, settings: { startCommand } }, log, signal) => {
      builder.builds += 1;
      await builder.before(signal);
      const name = await readFile(path.join(tree.root, 'app.txt'), 'utf8');
      const app = apps.get(name);
      if (!app) throw new Error(`no app is called ${name}`);
      log.line(`building ${name}`);
      machine.apps.set(deploymentId, app);
      return { id: deploymentId, sizeBytes: 1, command: startCommand === null ? null : startArguments(startCommand) };
    },
    has: async (imageId) => machine.apps.has(imageId),
    list: async () => [...machine.apps.keys()].map((id) => ({ id, deploymentId: id, createdAt: builder.builtAt })),
    remove: async (imageId) => void machine.apps.delete(imageId),
    discard: async (deploymentId) => void machine.apps.delete(deploymentId),
    forgetSteps: async (keepMs) => void builder.forgotten.push(keepMs),
  };
  return builder;
}
