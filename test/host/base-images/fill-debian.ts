import { appendFile, chmod, copyFile, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from '../command.js';
import { fillNode } from './fill.js';

const suite = 'bookworm';
const withinMs = 300_000;
const manuals = ['doc', 'i18n', 'info', 'locale', 'man'];

/** A small Debian as it is installed, with apt, the user `node` that Node's official images have, and Node. */
export async function fillDebianNode(root: string): Promise<void> {
  const withoutManuals = manuals.map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`);
  await mmdebstrap(['--variant=minbase', '--dpkgopt=force-unsafe-io', ...withoutManuals], root);
  await appendFile(path.join(root, 'etc/passwd'), 'node:x:1000:1000::/home/node:/bin/bash\n');
  await appendFile(path.join(root, 'etc/group'), 'node:x:1000:\n');
  await mkdir(path.join(root, 'home/node'), { mode: 0o755 });
  await write(root, certificates, await readFile('/etc/ssl/certs/ca-certificates.crt', 'utf8'));
  // Into the same layer: in one of its own, folders of libraries would hide Debian's links of these names.
  await fillNode(root);
}

/** The certificate authorities that this machine trusts, for Node. */
export const certificates = '/usr/local/share/host-certificates.crt';

/** PostgreSQL as Debian has it, behind a start as that of the official image. */
export async function fillPostgres(root: string): Promise<void> {
  await unpack(['postgresql-15'], root);
  await addUser(root, 'postgres', 'run/postgresql');
  await addEntrypoint(root, 'postgres.sh');
  await removeCompiler(root);
}

/** PostgreSQL does without it, and it is larger than all else. */
async function removeCompiler(root: string): Promise<void> {
  await rm(path.join(root, 'usr/lib/postgresql/15/lib/llvmjit.so'));
  for (const name of await readdir(path.join(root, 'usr/lib'), { recursive: true }))
    if (path.basename(name).startsWith('libLLVM')) await rm(path.join(root, 'usr/lib', name));
}

/** Redis as Debian has it, behind a start as that of the official image. */
export async function fillRedis(root: string): Promise<void> {
  await unpack(['redis-server'], root);
  await addUser(root, 'redis', 'data');
  await addEntrypoint(root, 'redis.sh');
}

/** Files of Debian's packages and of those that they depend on, without running any of their scripts. */
async function unpack(packages: readonly string[], root: string): Promise<void> {
  const userland = ['coreutils', 'dash', 'util-linux'];
  await mmdebstrap(['--variant=extract', `--include=${[...packages, ...userland].join(',')}`], root);
  for (const name of manuals) await rm(path.join(root, 'usr/share', name), { recursive: true, force: true });
  await mkdir(path.join(root, 'var'), { recursive: true });
  await symlink('/run', path.join(root, 'var/run'));
}

async function mmdebstrap(options: readonly string[], root: string): Promise<void> {
  await run('mmdebstrap', ['--quiet', '--format=directory', ...options, suite, root], { timeoutMs: withinMs });
  await rm(path.join(root, 'dev'), { recursive: true });
  await mkdir(path.join(root, 'dev'));
}

/** A user, and a folder of theirs: whose name comes first at the start. */
async function addUser(root: string, name: string, folder: string): Promise<void> {
  await write(root, 'etc/passwd', `root:x:0:0::/root:/bin/sh\n${name}:x:999:999::/:/bin/sh\n`);
  await write(root, 'etc/group', `root:x:0:\n${name}:x:999:\n`);
  await mkdir(path.join(root, folder), { recursive: true });
  await chmod(path.join(root, folder), 0o1777);
}

async function addEntrypoint(root: string, name: string): Promise<void> {
  const file = path.join(root, 'usr/local/bin/docker-entrypoint.sh');
  await mkdir(path.dirname(file), { recursive: true });
  await copyFile(new URL(name, import.meta.url), file);
  await chmod(file, 0o755);
}

async function write(root: string, file: string, text: string): Promise<void> {
  await mkdir(path.dirname(path.join(root, file)), { recursive: true });
  await writeFile(path.join(root, file), text);
  await chmod(path.join(root, file), 0o644);
}
