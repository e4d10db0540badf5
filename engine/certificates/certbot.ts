import { execFile, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { makeRequest } from '@apployd/backplane/certificate/make-request';
import { deadlineIn, withinDeadline } from '@apployd/core/deadline';
import type { Logger } from '@apployd/backplane/log/logger';
import { certbotFailure } from './certbot-failure.js';
import { hookServer, writeHook } from './certbot-hook.js';
import { CertificateFailure, type Certificates, type Challenges, type IssuedCertificate } from './certificates.js';
import { orderPrefix, removeFolder, removeLeftOrders } from './certbot-folders.js';
import { requireProof, type DnsChallenges } from './dns-challenges.js';

export type CertbotOptions = {
  /** The program, by its name or its full path. */
  readonly program: string;
  /** Where it keeps its account, and works: closed to others. */
  readonly folder: string;
  /** Of the authority. */
  readonly directory: string;
  readonly email: string | null;
  /** Full path of a file with who vouches for the authority's own address, where the system does not. */
  readonly caFile: string | null;
  readonly challenges: Challenges;
  readonly dns: DnsChallenges | null;
  readonly log: Pick<Logger, 'warn'>;
};

const orderMs = 180_000;
/** A program that was told to end takes back what it has published first. */
const endsWithinMs = 10_000;

/**
 * Has certbot order, for those who have to use it: one process of seconds for each certificate, the account in files of this
 * machine. The private key is made here, and certbot never sees it.
 */
export function certbotCertificates(options: CertbotOptions): Certificates {
  const { folder } = options;
  let account: Promise<string> | null = null;

  const accountFolder = (signal: AbortSignal) => {
    account ??= register(options, signal).catch((error: unknown) => {
      account = null;
      throw error;
    });
    return account;
  };

  return {
    issue: (hostname, signal) =>
      withinDeadline(signal, orderMs, async (stop) => {
        const accounts = await accountFolder(stop);
        const work = await mkdtemp(path.join(folder, orderPrefix));
        try {
          await symlink(accounts, path.join(work, 'accounts'));
          return await order(options, { hostname, work, signal: stop });
        } catch (error) {
          signal.throwIfAborted();
          if (error instanceof CertificateFailure) throw error;
          throw await certbotFailure(work, error);
        } finally {
          await removeFolder(work, options.log);
        }
      }),
  };
}

type Ordering = { readonly hostname: string; readonly work: string; readonly signal: AbortSignal };

async function order(options: CertbotOptions, { hostname, work, signal }: Ordering): Promise<IssuedCertificate> {
  const isWildcard = hostname.startsWith('*.');
  const place = await requireProof(hostname, options.dns, signal);
  const file = (name: string) => path.join(work, name);
  const { key, request } = await makeRequest(hostname);
  await writeFile(file('request.pem'), request, { mode: 0o600 });
  const hook = await writeHook(work);
  const hooks = await hookServer({ ...options, hostname, place, work, signal });
  try {
    await run(options, work, signal, [
      ...['certonly', '--manual', '--csr', file('request.pem')],
      ...['--preferred-challenges', isWildcard ? 'dns' : 'http'],
      ...['--manual-auth-hook', `${hook} publish`, '--manual-cleanup-hook', `${hook} withdraw`],
      ...[
        '--fullchain-path',
        file('fullchain.pem'),
        '--cert-path',
        file('cert.pem'),
        '--chain-path',
        file('chain.pem'),
      ],
    ]);
  } catch (error) {
    throw hooks.failure() ?? error;
  } finally {
    await hooks.close();
  }
  return { chain: await readFile(file('fullchain.pem'), 'utf8'), key };
}

/** Once for each authority; the folder that holds the account. */
async function register(options: CertbotOptions, signal: AbortSignal): Promise<string> {
  const { folder, directory, email, log } = options;
  if (!/^[\w./-]+$/.test(folder)) throw new Error(`${JSON.stringify(folder)} is no folder that certbot can be given.`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await removeLeftOrders(folder, log);
  const work = path.join(folder, `account-${createHash('sha256').update(directory).digest('hex').slice(0, 12)}`);
  await mkdir(work, { recursive: true, mode: 0o700 });
  const kept = await readdir(work, { recursive: true });
  if (!kept.some((file) => path.basename(file) === 'private_key.json')) {
    const contact = email ? ['--email', email, '--no-eff-email'] : ['--register-unsafely-without-email'];
    await run(options, work, signal, ['register', ...contact]).catch(async (error: unknown) => {
      throw await certbotFailure(work, error);
    });
  }
  return path.join(work, 'accounts');
}

async function run(
  { program, directory, caFile }: CertbotOptions,
  work: string,
  signal: AbortSignal,
  args: readonly string[],
): Promise<void> {
  const folders = ['--config-dir', work, '--work-dir', path.join(work, 'work'), '--logs-dir', path.join(work, 'logs')];
  const common = ['--server', directory, '--non-interactive', '--agree-tos', ...folders];
  const env = { PATH: pathOf(program), HOME: work, LANG: 'C.UTF-8', ...(caFile ? { REQUESTS_CA_BUNDLE: caFile } : {}) };
  const running = promisify(execFile)(program, [...args, ...common], { signal, env, maxBuffer: 1024 * 1024 });
  try {
    await running;
  } catch (error) {
    await ended(running.child);
    throw error;
  }
}

/** What was told to end works in its folder until it has ended. */
async function ended(child: ChildProcess): Promise<void> {
  const isGone = () => child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
  if (isGone()) return;
  await once(child, 'exit', { signal: deadlineIn(endsWithinMs) }).catch(() => child.kill('SIGKILL'));
}

/** Where the system's programs are; of the operator's environment nothing else is handed on. */
const pathOf = (program: string) =>
  [
    '/usr/local/sbin',
    '/usr/local/bin',
    '/usr/sbin',
    '/usr/bin',
    '/sbin',
    '/bin',
    path.dirname(path.resolve(program)),
  ].join(':');
