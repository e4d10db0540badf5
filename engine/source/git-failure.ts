import { DeploymentFailure } from '@apployd/core/failure';

/** The host was not reached. Whose fault that is cannot be told from here: it may pass, and is worth another try. */
export class HostUnreachable extends DeploymentFailure {
  /** git's own sentence. */
  readonly complaint: string;
  constructor(message: string, complaint: string) {
    super('SOURCE_UNAVAILABLE', 'FETCH', message);
    this.complaint = complaint;
  }
}

/** What git's complaint means for the customer. Texts are git's own in the C locale. A fault of ours is a plain Error. */
export function gitFailure(stderr: string, repositoryUrl: string): Error {
  const known = complaints.find(({ pattern }) => pattern.test(stderr));
  if (known?.fault) return new Error(`git failed: ${withoutCredentials(lastComplaint(stderr))}`);
  const where = withoutCredentials(repositoryUrl);
  if (known?.unreachable) {
    const complaint = withoutCredentials(lineWith(known.pattern, stderr));
    return new HostUnreachable(`${where} cannot be fetched. ${mayBeOurs}`, complaint);
  }
  const advice = known?.advice ?? `git said: ${withoutCredentials(lastComplaint(stderr))}`;
  return new DeploymentFailure('SOURCE_UNAVAILABLE', 'FETCH', `${where} cannot be fetched. ${advice}`);
}

/** Whether git reached the repository and found no such branch, tag or commit. */
export function isMissingRef(stderr: string): boolean {
  return /Remote branch .+ not found|couldn't find remote ref|not our ref|did not match any|reference is not a tree|invalid reference|short object ID .+ is ambiguous/i.test(
    stderr,
  );
}

/** Whether the server gives whole branches only: a single commit must be looked for in them. */
export function isShaRefused(stderr: string): boolean {
  return /unadvertised object|not advertised/i.test(stderr);
}

export function missingRef(ref: string, branches: readonly string[]): DeploymentFailure {
  const some = branches.slice(0, 5).join(', ');
  const more = branches.length > 5 ? ' and more' : '';
  const hint = some ? ` It has the branches ${some}${more}.` : '';
  return new DeploymentFailure(
    'SOURCE_REF_NOT_FOUND',
    'FETCH',
    `The repository has no branch, tag or commit ${ref}.${hint} Push it, or deploy another one.`,
  );
}

/** `user@` and `user:password@` may be tokens. */
export function withoutCredentials(text: string): string {
  return text.replace(/\/\/[^/\s@']+@/g, '//');
}

const mayBeOurs =
  "The host was not reached, also when it was tried again: check the URL. If that is right, the fault is the host's or of this platform's network: deploy again later, and tell the operator if it lasts.";

type Complaint = {
  readonly pattern: RegExp;
  readonly advice?: string;
  readonly fault?: true;
  readonly unreachable?: true;
};

const complaints: readonly Complaint[] = [
  { pattern: /No space left on device|Read-only file system|unable to create thread/i, fault: true },
  {
    pattern: /Could not resolve host|Temporary failure in name resolution|non-properly terminated|SSL_ERROR_SYSCALL/i,
    unreachable: true,
  },
  {
    pattern: /Host key verification failed/i,
    advice: 'The host shows another key than before: ask the operator to check and remove the one that is known.',
  },
  {
    pattern: /Authentication failed|could not read Username|could not read Password|Permission denied|error: 40[13]/i,
    advice: 'It asks for credentials, or does not exist: check the URL, or give this platform read access.',
  },
  {
    pattern: /SSL certificate|certificate verif|gnutls_handshake|SSL routines|TLS connection/i,
    advice:
      'The certificate of the host is not trusted: ask its owner to mend it, or the operator to add its authority.',
  },
  {
    pattern: /not found|does not appear to be a git repository|does not exist|not a git repository|error: 404/i,
    advice: 'There is no git repository: check the URL.',
  },
  {
    pattern:
      /Connection refused|Failed to connect|timed out|Network is unreachable|No route to host|Connection reset|Connection closed by|Empty reply from server|early EOF|unexpected disconnect|error: 50[234]/i,
    unreachable: true,
  },
];

function lineWith(pattern: RegExp, stderr: string): string {
  return (stderr.split('\n').find((line) => pattern.test(line)) ?? '').trim().slice(0, 300);
}

function lastComplaint(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  const last = lines.findLast((line) => /^(fatal|error):/.test(line)) ?? lines.findLast(Boolean) ?? 'nothing';
  return last.slice(0, 300);
}
