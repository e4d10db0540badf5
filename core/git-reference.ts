import { canonicalHost, isLoopback, isUnroutable } from './git-host.js';

/** Where git may fetch from besides https and ssh: nothing, or files and loopback below a root that the operator named. */
export type GitAccess = { readonly localRoot: string | null };

/** Null when the URL may be fetched from, else a sentence that says what to do. */
export function repositoryUrlProblem(text: string, access: GitAccess): string | null {
  if (text.length > 2048) return 'The repository URL is longer than 2,048 characters.';
  if (hasUnsafeCharacters(text)) return 'The repository URL holds characters that no git URL needs.';
  const url = urlOf(text);
  if (!url)
    return 'Give the repository as a URL, such as https://github.com/acme/shop or ssh://git@github.com/acme/shop.';
  if (url.hostname.startsWith('-') || url.username.startsWith('-') || url.pathname.startsWith('/-')) {
    return 'No part of the repository URL may start with a dash.';
  }
  if (url.protocol === 'file:') return fileProblem(url, access);
  if (!['https:', 'http:', 'ssh:'].includes(url.protocol))
    return `Repositories are fetched over https or ssh, not ${url.protocol.slice(0, -1)}.`;
  return credentialsProblem(url) ?? hostProblem(url, access);
}

/** Null when git may be asked for this branch, tag or commit, else a sentence. The rules are those of git-check-ref-format, less the exotic. */
export function gitRefProblem(ref: string): string | null {
  const fine =
    ref.length > 0 &&
    ref.length <= 255 &&
    /^[A-Za-z0-9][A-Za-z0-9._/+@#-]*$/.test(ref) &&
    !/\.\.|\/\/|@\{|\/\.|\.lock(\/|$)|[/.]$/.test(ref);
  return fine
    ? null
    : 'A branch, tag or commit is made of letters, digits and . _ / + @ # - and starts with a letter or digit.';
}

/** Null when the text is a folder below the repository's root, else a sentence. */
export function subFolderProblem(folder: string): string | null {
  const parts = folder.split('/');
  const fine = folder.length <= 512 && !folder.startsWith('/') && !hasUnsafeCharacters(folder) && !parts.includes('..');
  return fine ? null : 'Give the folder relative to the repository, such as apps/web, without "..".';
}

export function isCommitSha(ref: string): boolean {
  return /^[0-9a-f]{40}$/.test(ref);
}

function fileProblem(url: URL, { localRoot }: GitAccess): string | null {
  const refusal =
    'Repositories in local folders are allowed only below the folder that the operator named in APPLOYD_GIT_LOCAL_ROOT.';
  if (!localRoot || url.hostname !== '') return refusal;
  // Node refuses an encoded slash or NUL in a path, with an error of its own.
  const path = /%2f|%00/i.test(url.pathname) ? null : decoded(url.pathname);
  const root = localRoot.endsWith('/') ? localRoot : `${localRoot}/`;
  return path?.startsWith(root) && !path.split('/').includes('..') ? null : refusal;
}

/** Of ssh a name alone: git reads the whole URL decoded, so that `ssh://host%2F@other/x` would lead it to `host`. */
function credentialsProblem({ protocol, username, password }: URL): string | null {
  if (protocol !== 'ssh:') {
    return username || password
      ? 'Leave user name, password and token out of the repository URL: everyone who sees the project would see them. A private repository is fetched over ssh, such as ssh://git@github.com/acme/shop, with the key that the operator named in ENGINE_SSH_KEY_FILE.'
      : null;
  }
  if (password)
    return 'Leave the password out of the repository URL; it would be shown to everyone who sees the project.';
  return /^[A-Za-z0-9._-]*$/.test(username)
    ? null
    : 'The user name of the repository URL is no user name, such as git.';
}

function hostProblem({ protocol, hostname, pathname }: URL, { localRoot }: GitAccess): string | null {
  const host = canonicalHost(hostname);
  if (!host) return 'The repository URL names no host.';
  if (isUnroutable(host)) return 'The repository URL holds an address that no git host has.';
  if (protocol === 'http:' && !(isLoopback(host) && localRoot)) return 'Use https:// instead of http://.';
  if (isLoopback(host) && !localRoot) return 'Repositories on this machine are not allowed here.';
  return pathname.length < 2 ? 'The repository URL names a host but no repository.' : null;
}

/** With slashes behind its scheme: git takes `https:host/x` for a path on a host of the name `https`. */
function urlOf(text: string): URL | null {
  try {
    return /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? new URL(text) : null;
  } catch {
    return null;
  }
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

function hasUnsafeCharacters(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  return /[\u0000-\u0020\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\\`$;|<>"'(){}]|\p{Surrogate}/u.test(text);
}
