import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { deadlineIn } from '@apployd/core/deadline';

const run = promisify(execFile);

/** How somebody without a platform builds and runs a release. */
export type ByHand = {
  /** Makes a release of the source in this folder. */
  build(source: string, release: string): Promise<void>;
  /** Runs it under a name of its own, on this port of the machine's loopback. */
  start(release: string, name: string, port: number): Promise<void>;
  end(name: string): Promise<void>;
  /** Removes releases. */
  forget(releases: readonly string[]): Promise<void>;
};

/** BuildKit's client is not everywhere, and the engine under test uses the legacy builder too. */
const legacyBuilder = { ...process.env, DOCKER_BUILDKIT: '0' };
const label = 'apployd.bench=floor';
const image = (release: string) => `apployd-bench/floor:${release}`;

/** The commands of Docker. */
export function dockerByHand(): ByHand {
  return {
    build: async (source, release) => {
      await run('docker', ['build', '-q', '-t', image(release), '--label', label, source], { env: legacyBuilder });
      await rm(source, { recursive: true, force: true });
    },
    start: async (release, name, port) => {
      const published = ['-p', `127.0.0.1:${port}:3000`];
      const limits = ['-m', '128m'];
      // Which of the releases answers: that of a redeploy says the same as the one before.
      const told = ['-e', `APPLOYD_DEPLOYMENT_ID=${name}`];
      await run('docker', [
        'run',
        '-d',
        '--name',
        name,
        '--label',
        label,
        ...limits,
        ...told,
        ...published,
        image(release),
      ]);
    },
    end: async (name) => void (await run('docker', ['rm', '-f', name])),
    // The newest first: later images may stand on layers of earlier ones. One that another still needs goes with that.
    forget: async (releases) => {
      for (const release of [...releases].reverse())
        await run('docker', ['rmi', '-f', image(release)]).catch(() => undefined);
    },
  };
}

const endsWithinMs = 5_000;

/** Node on the source as it is: a release is its folder. */
export function processesByHand(): ByHand {
  const folders = new Map<string, string>();
  const running = new Map<string, ChildProcess>();
  return {
    build: async (source, release) => void folders.set(release, source),
    start: async (release, name, port) => {
      const env = { PATH: path.dirname(process.execPath), PORT: String(port), APPLOYD_DEPLOYMENT_ID: name };
      const child = spawn(process.execPath, ['server.js'], { cwd: folders.get(release), env, stdio: 'ignore' });
      await once(child, 'spawn');
      running.set(name, child);
    },
    end: async (name) => {
      const child = running.get(name);
      running.delete(name);
      if (child) await endChild(child);
    },
    forget: async (releases) => {
      for (const release of releases) await rm(folders.get(release) ?? '', { recursive: true, force: true });
    },
  };
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit', { signal: deadlineIn(endsWithinMs) });
  child.kill('SIGTERM');
  await ended.catch(() => child.kill('SIGKILL'));
}
