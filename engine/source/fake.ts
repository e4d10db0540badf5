import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DeploymentFailure } from '@apployd/core/failure';
import { appFolder } from './app-folder.js';
import { limited, defaultMaxFiles, type FetchLimits } from './limited.js';
import type { Commit, Source, SourceReference } from './source.js';

/** Contents by path; a link is written as `{ link: target }`. */
export type FakeFiles = Readonly<Record<string, FakeFile>>;
export type FakeFile = string | { readonly link: string } | { readonly program: string };

export type FakeSource = Source & {
  /** What this repository URL or blob key gives from now on; a failure to be thrown, or files. */
  publish(name: string, content: FakeFiles | DeploymentFailure): void;
};

/** A source without an outside world. Its commit is made up from the reference. */
export function fakeSource(limits: Partial<FetchLimits> = {}): FakeSource {
  const all: FetchLimits = { deadlineMs: 60_000, maxBytes: 2 ** 30, maxFiles: defaultMaxFiles, ...limits };
  const published = new Map<string, FakeFiles | DeploymentFailure>();
  return {
    publish: (name, content) => void published.set(name, content),
    fetch: (reference, into, _log, signal) =>
      limited(all, into, signal, async () => {
        const content = published.get(nameOf(reference)) ?? unavailable(reference);
        if (content instanceof DeploymentFailure) throw content;
        if (sizeOf(content) > all.maxBytes) throw tooLarge();
        await writeFiles(into, content);
        return { root: await appFolder(into, reference.rootDirectory), commit: commitOf(reference) };
      }),
  };
}

/** Writes files, programs and links below a folder. */
export async function writeFiles(folder: string, files: FakeFiles): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    const place = join(folder, path);
    await mkdir(dirname(place), { recursive: true });
    if (typeof content === 'string') await writeFile(place, content);
    else if ('link' in content) await symlink(content.link, place);
    else await writeFile(place, content.program, { mode: 0o755 });
  }
}

function nameOf(reference: SourceReference): string {
  return reference.kind === 'git' ? reference.repositoryUrl : reference.blobKey;
}

function commitOf(reference: SourceReference): Commit | null {
  if (reference.kind === 'archive') return null;
  const sha = Buffer.from(`${reference.ref ?? 'main'}`)
    .toString('hex')
    .padEnd(40, '0')
    .slice(0, 40);
  return { sha, message: 'Say hello', author: 'Ada' };
}

function sizeOf(files: FakeFiles): number {
  return Object.values(files).reduce((sum, file) => sum + (typeof file === 'string' ? file.length : 0), 0);
}

function unavailable(reference: SourceReference): DeploymentFailure {
  return new DeploymentFailure('SOURCE_UNAVAILABLE', 'FETCH', `${nameOf(reference)} cannot be fetched.`);
}

function tooLarge(): DeploymentFailure {
  return new DeploymentFailure('SOURCE_TOO_LARGE', 'FETCH', 'The source is too large.');
}
