import { join } from 'node:path';
import type { GitAccess } from '@apployd/core/git-reference';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What git is started with: nothing of the machine's own git configuration, no prompts, only the allowed transports. */
export function gitEnvironment(home: string, access: GitAccess, operator: Environment, sshKeyFile: string | null) {
  return {
    PATH: defaultPath,
    ...pick(operator, passedOn),
    HOME: home,
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: configFile(home),
    GIT_TERMINAL_PROMPT: '0',
    GIT_ALLOW_PROTOCOL: access.localRoot ? 'https:ssh:file:http' : 'https:ssh',
    GIT_SSH_COMMAND: sshCommand(home, sshKeyFile),
    GIT_SSH_VARIANT: 'ssh',
    GIT_LFS_SKIP_SMUDGE: '1',
  };
}

export function configFile(home: string): string {
  return join(home, 'gitconfig');
}

/** git's configuration. A local repository may belong to somebody else: the operator named its folder. */
export function gitConfig(access: GitAccess): string {
  const local = '[protocol "file"]\n\tallow = always\n[safe]\n\tdirectory = *\n';
  return `[core]
\thooksPath = /dev/null
\tfsmonitor = false
[gc]
\tauto = 0
[maintenance]
\tauto = false
[submodule]
\trecurse = false
[advice]
\tdetachedHead = false
[init]
\tdefaultBranch = main
${access.localRoot ? local : ''}`;
}

/** The named variables that are set. */
export function pick(environment: Environment, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])));
}

export const defaultPath = '/usr/local/bin:/usr/bin:/bin';

const passedOn = [
  'PATH',
  'GIT_EXEC_PATH',
  'GIT_SSL_CAINFO',
  'GIT_SSL_CAPATH',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'https_proxy',
  'HTTPS_PROXY',
  'http_proxy',
  'no_proxy',
  'NO_PROXY',
];

/** git hands this to a shell: it holds the operator's paths only, quoted, and nothing of a customer. */
function sshCommand(home: string, keyFile: string | null): string {
  const options = [
    'BatchMode=yes',
    'StrictHostKeyChecking=accept-new',
    `UserKnownHostsFile="${join(home, 'known_hosts')}"`,
    'ConnectTimeout=10',
    'ForwardAgent=no',
    ...(keyFile ? ['IdentitiesOnly=yes'] : []),
  ];
  const key = keyFile ? ['-i', quoted(keyFile)] : [];
  return ['ssh', '-F', '/dev/null', ...key, ...options.flatMap((option) => ['-o', quoted(option)])].join(' ');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
