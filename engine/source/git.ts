import { lstat, mkdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DeploymentFailure } from '@apployd/core/failure';
import { gitRefProblem, repositoryUrlProblem, subFolderProblem, type GitAccess } from '@apployd/core/git-reference';
import type { Clock } from '@apployd/core/clock';
import { describeBytes } from '@apployd/core/resources';
import type { LogWriter } from '@apployd/backplane/logs/log-writer';
import { appFolder, isInside } from './app-folder.js';
import { checkOut } from './check-out.js';
import { measureFolder, passes, watchFolder, type FolderLimits } from './folder-size.js';
import { configFile, gitConfig, gitEnvironment, type Environment } from './git-environment.js';
import { gitCommand, type Git } from './git-command.js';
import { defaultMaxFiles, limited } from './limited.js';
import { untilReached } from './until-reached.js';
import type { Commit, GitReference, Source, SourceTree } from './source.js';

export type GitSourceOptions = {
  readonly access: GitAccess;
  readonly clock: Clock;
  /** For all tries together. */
  readonly deadlineMs: number;
  /** What the checkout, and what is fetched for it, may take up. */
  readonly maxBytes: number;
  readonly maxFiles?: number;
  /** Folder of git's own: its configuration and the ssh hosts it knows. Made when absent. */
  readonly home: string;
  /** The operator's environment: search path, certificate authorities and proxies are passed on, nothing else. */
  readonly environment: Environment;
  /** Private key that ssh shows. */
  readonly sshKeyFile?: string;
};

/**
 * Fetches with the system's git: shallow, without hooks, submodules and prompts, over allowed transports only. A host that is
 * not reached is tried again before that is a failure.
 */
export function gitSource(options: GitSourceOptions): Source {
  const { access, clock, home, maxFiles = defaultMaxFiles } = options;
  const limits = { ...options, maxFiles };
  const environment = gitEnvironment(home, access, options.environment, options.sshKeyFile ?? null);
  let prepared: Promise<void> | null = null;
  const prepare = async () => {
    await mkdir(home, { recursive: true, mode: 0o700 });
    await writeFile(configFile(home), gitConfig(access));
  };
  return {
    async fetch(reference, into, log, signal) {
      if (reference.kind !== 'git') throw new Error(`git fetches no ${reference.kind}`);
      await refuseUnsafe(reference, access);
      await (prepared ??= prepare());
      return limited(limits, into, signal, async (inner, stop) => {
        const unwatch = watchFolder(into, limits, () => stop(tooLarge(limits)));
        try {
          const git = gitCommand(into, environment, inner);
          await untilReached({ clock, into, log, signal: inner }, () => checkOut(git, reference, into));
          return await keepTree(git, reference, into, limits, log);
        } finally {
          unwatch();
        }
      });
    },
  };
}

/** Of what was checked out, the files alone. */
async function keepTree(git: Git, reference: GitReference, into: string, limits: FolderLimits, log: LogWriter) {
  const commit = await describeCommit(git);
  await rm(join(into, '.git'), { recursive: true, force: true });
  if (passes(await measureFolder(into, limits), limits)) throw tooLarge(limits);
  await mentionLeftOut(into, log);
  return { root: await appFolder(into, reference.rootDirectory), commit } satisfies SourceTree;
}

/** The rows were checked when they were written; what reaches a program is checked once more. */
async function refuseUnsafe({ repositoryUrl, ref, rootDirectory }: GitReference, access: GitAccess): Promise<void> {
  const problem =
    repositoryUrlProblem(repositoryUrl, access) ??
    (ref === null ? null : gitRefProblem(ref)) ??
    (rootDirectory === null ? null : subFolderProblem(rootDirectory)) ??
    (await linkProblem(repositoryUrl, access));
  if (problem) throw new DeploymentFailure('SOURCE_INVALID', 'FETCH', problem);
}

async function linkProblem(repositoryUrl: string, { localRoot }: GitAccess): Promise<string | null> {
  if (!localRoot || !repositoryUrl.startsWith('file:')) return null;
  const real = await realpath(fileURLToPath(repositoryUrl)).catch(() => null);
  return real === null || isInside(real, await realpath(localRoot))
    ? null
    : 'The local repository leads out of the folder that the operator named in APPLOYD_GIT_LOCAL_ROOT.';
}

async function describeCommit(git: Git): Promise<Commit> {
  const format = '--format=%H%x00%an%x00%B';
  const { stdout, stderr, exitCode } = await git.run(['log', '-1', '--no-show-signature', format, 'HEAD', '--']);
  if (exitCode !== 0) throw new Error(`git log failed: ${stderr}`);
  const [sha = '', author = '', message = ''] = stdout.split('\0');
  return { sha, author: author.slice(0, 200), message: message.trim().slice(0, maxMessageLength) };
}

const maxMessageLength = 4_000;

async function mentionLeftOut(into: string, log: LogWriter): Promise<void> {
  if (await readSmall(join(into, '.gitmodules'))) {
    log.line('Submodules are not fetched: their folders stay empty.', 'PLATFORM');
  }
  if ((await readSmall(join(into, '.gitattributes')))?.includes('filter=lfs')) {
    log.line('Files kept in Git LFS are not fetched: the build sees their pointers.', 'PLATFORM');
  }
}

async function readSmall(file: string): Promise<string | null> {
  const found = await lstat(file).catch(() => null);
  return found?.isFile() && found.size < 64 * 1024 ? readFile(file, 'utf8') : null;
}

function tooLarge({ maxBytes, maxFiles }: FolderLimits): DeploymentFailure {
  return new DeploymentFailure(
    'SOURCE_TOO_LARGE',
    'FETCH',
    `The repository is larger than ${describeBytes(maxBytes)} or has more than ${maxFiles.toLocaleString('en')} files. Move large files out of it.`,
  );
}
