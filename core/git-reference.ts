/** Where git may fetch from besides https and ssh: nothing, or files and loopback below a root that the operator named. */
export type GitAccess = { readonly localRoot: string | null };

/** Null when the URL may be fetched from, else a sentence that says what to do. */
export function repositoryUrlProblem(text: string, access: GitAccess): string | null {
  if (text.length > 2048) return 'The repository URL is longer than 2,048 characters.';
  if (hasUnsafeCharacters(text)) return 'The repository URL holds characters that no git URL needs.';
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return 'Give the repository as a URL, such as https://github.com/acme/shop or ssh://git@github.com/acme/shop.';
  }
  if (url.hostname.startsWith('-') || url.username.startsWith('-') || url.pathname.startsWith('/-')) {
    return 'No part of the repository URL may start with a dash.';
  }
  if (url.password)
    return 'Leave the password out of the repository URL; it would be shown to everyone who sees the project.';
  if (url.protocol === 'file:') return fileProblem(url, access);
  if (url.protocol === 'http:')
    return isLoopback(url.hostname) && access.localRoot ? null : 'Use https:// instead of http://.';
  if (url.protocol !== 'https:' && url.protocol !== 'ssh:')
    return `Repositories are fetched over https or ssh, not ${url.protocol.slice(0, -1)}.`;
  if (isLoopback(url.hostname) && !access.localRoot) return 'Repositories on this machine are not allowed here.';
  if (url.pathname.length < 2) return 'The repository URL names a host but no repository.';
  return null;
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
  const path = decodeURIComponent(url.pathname);
  const root = localRoot.endsWith('/') ? localRoot : `${localRoot}/`;
  return path.startsWith(root) && !path.split('/').includes('..') ? null : refusal;
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || /^127\./.test(hostname);
}

function hasUnsafeCharacters(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  return /[\u0000-\u0020\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069\\`$;|<>"'(){}]/.test(text);
}
