import { DeploymentFailure } from '@apployd/core/failure';
import { isCommitSha } from '@apployd/core/git-reference';
import type { Git } from './git-command.js';
import { gitFailure, isMissingRef, isShaRefused, missingRef } from './git-failure.js';
import type { GitReference } from './source.js';

/** Fetches one commit into an empty folder, as shallow as the server lets us. */
export async function checkOut(git: Git, reference: GitReference, into: string): Promise<void> {
  const { repositoryUrl: url } = reference;
  const ref = reference.ref?.replace(/^refs\/(heads|tags)\//, '') ?? null;
  const stderr = ref !== null && isCommitSha(ref) ? await fetchCommit(git, url, ref) : await clone(git, url, ref, into);
  if (stderr === null) return;
  if (ref !== null && isMissingRef(stderr)) throw missingRef(ref, await branches(git, url));
  if (ref === null && isMissingRef(stderr)) throw noCommits();
  throw gitFailure(stderr, url);
}

/** Each of these returns null once the commit is checked out, else what git complained about. */
type Complaint = string | null;

async function clone(git: Git, url: string, ref: string | null, into: string): Promise<Complaint> {
  const branch = ref === null ? [] : [`--branch=${ref}`];
  const shallow = ['--depth=1', '--single-branch', '--no-tags', '--no-recurse-submodules', '--template='];
  const { exitCode, stderr } = await git.run(['clone', '-q', ...shallow, ...branch, '--', url, into]);
  if (exitCode === 0) return /empty repository/i.test(stderr) ? noCommitsComplaint : null;
  return ref !== null && mayAbbreviate(ref) && isMissingRef(stderr) ? searchCommit(git, url, ref) : stderr;
}

async function fetchCommit(git: Git, url: string, sha: string): Promise<Complaint> {
  await git.run(['init', '-q', '--template=']);
  const { exitCode, stderr } = await git.run(['fetch', '-q', '--depth=1', '--no-tags', '--', url, sha]);
  if (exitCode !== 0) return isShaRefused(stderr) ? searchCommit(git, url, sha) : stderr;
  return checkOutDetached(git, 'FETCH_HEAD');
}

/** Looks for a commit in the newer history of every branch and tag; the size limit bounds what that fetches. */
async function searchCommit(git: Git, url: string, sha: string): Promise<Complaint> {
  await git.run(['init', '-q', '--template=']);
  const everything = ['+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*'];
  const fetched = await git.run(['fetch', '-q', `--depth=${searchDepth}`, '--', url, ...everything]);
  return fetched.exitCode === 0 ? checkOutDetached(git, `${sha}^{commit}`) : fetched.stderr;
}

const searchDepth = 1_000;

async function checkOutDetached(git: Git, commit: string): Promise<Complaint> {
  const { exitCode, stderr } = await git.run(['checkout', '-q', '--detach', commit, '--']);
  return exitCode === 0 ? null : stderr;
}

function mayAbbreviate(ref: string): boolean {
  return /^[0-9a-f]{4,39}$/.test(ref);
}

async function branches(git: Git, url: string): Promise<string[]> {
  const { stdout } = await git.run(['ls-remote', '--heads', '--', url]);
  return [...stdout.matchAll(/\trefs\/heads\/(.+)/g)].map(([, name = '']) => name);
}

const noCommitsComplaint = "couldn't find remote ref HEAD";

function noCommits(): DeploymentFailure {
  return new DeploymentFailure(
    'SOURCE_REF_NOT_FOUND',
    'FETCH',
    'The repository has no commits on its default branch yet. Push one, or name a branch.',
  );
}
