import { chmod, copyFile, cp, mkdir, readFile, realpath, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findProgram, run } from '../command.js';

/** A small userland: busybox under all its names, users, certificates. Files are world readable whatever the umask. */
export async function fillBase(root: string): Promise<void> {
  await makeFolders(root, ['etc/ssl/certs', 'home/node', 'proc', 'root', 'run', 'srv', 'sys', 'tmp', 'usr/bin']);
  await makeFolders(root, ['bin', 'usr/sbin', 'usr/local/bin', 'var/log', 'var/cache', 'var/tmp']);
  await chmod(path.join(root, 'tmp'), 0o1777);
  const busybox = await copyProgram(root, 'busybox', 'bin/busybox');
  for (const name of (await run(busybox, ['--list'], { timeoutMs: 10_000 })).split('\n').filter(Boolean))
    if (name !== 'busybox') await symlink('busybox', path.join(root, 'bin', name));
  await symlink('/bin/env', path.join(root, 'usr/bin/env'));
  await write(root, 'etc/passwd', users);
  await write(root, 'etc/group', 'root:x:0:\nnode:x:1000:\nnogroup:x:65534:\n');
  await write(root, 'etc/nsswitch.conf', 'hosts: files dns\n');
  await write(root, 'etc/ssl/certs/ca-certificates.crt', await readFile('/etc/ssl/certs/ca-certificates.crt', 'utf8'));
  await write(root, 'usr/sbin/addgroup', await alpineCommand('addgroup.sh'), 0o755);
  await write(root, 'usr/sbin/adduser', await alpineCommand('adduser.sh'), 0o755);
}

const users = [
  'root:x:0:0:root:/root:/bin/sh',
  'node:x:1000:1000::/home/node:/bin/sh',
  'nobody:x:65534:65534::/:/bin/false\n',
].join('\n');

/** Debian's busybox has no addgroup and adduser, which Dockerfiles for Alpine call. */
const alpineCommand = (name: string) => readFile(new URL(name, import.meta.url), 'utf8');

/** The Node that runs this, with npm, and corepack where it has one. */
export async function fillNode(root: string): Promise<void> {
  await makeFolders(root, ['usr/local/bin', 'usr/local/lib/node_modules']);
  const node = await realpath(process.execPath);
  await copyFile(node, path.join(root, 'usr/local/bin/node'));
  await copyLibraries(root, node);
  const modules = await nodeModules();
  await copyPackage(root, path.join(modules, 'npm'), { npm: 'bin/npm-cli.js', npx: 'bin/npx-cli.js' });
  await copyPackage(root, path.join(modules, 'corepack'), { corepack: 'dist/corepack.js' }).catch(() => {});
}

async function nodeModules(): Promise<string> {
  const folder = (await run('npm', ['root', '--global'], { timeoutMs: 20_000 })).trim();
  const npm = await findProgram('npm');
  const beside = npm ? path.resolve(await realpath(npm), '../../..') : folder;
  return path.basename(beside) === 'node_modules' ? beside : folder;
}

async function copyPackage(root: string, from: string, programs: Readonly<Record<string, string>>): Promise<void> {
  const name = path.basename(from);
  await cp(from, path.join(root, 'usr/local/lib/node_modules', name), { recursive: true, dereference: true });
  for (const [program, file] of Object.entries(programs))
    await symlink(`../lib/node_modules/${name}/${file}`, path.join(root, 'usr/local/bin', program));
}

/** Nginx, which serves /usr/share/nginx/html on port 80 and whatever is put into conf.d. */
export async function fillNginx(root: string): Promise<void> {
  await makeFolders(root, ['usr/sbin', 'etc/nginx/conf.d', 'usr/share/nginx/html', 'var/log/nginx', 'var/lib/nginx']);
  await makeFolders(root, ['var/cache/nginx', 'run']);
  await copyLibraries(root, await copyProgram(root, 'nginx', 'usr/sbin/nginx'));
  await write(root, 'etc/nginx/mime.types', await readFile('/etc/nginx/mime.types', 'utf8'));
  await write(root, 'etc/nginx/nginx.conf', nginxConfig);
  await write(root, 'etc/nginx/conf.d/default.conf', 'server { listen 80; root /usr/share/nginx/html; }\n');
  await write(root, 'usr/share/nginx/html/index.html', '<h1>nginx</h1>\n');
  await symlink('/dev/stdout', path.join(root, 'var/log/nginx/access.log'));
  await symlink('/dev/stderr', path.join(root, 'var/log/nginx/error.log'));
}

const nginxConfig = `user nobody nogroup;
worker_processes auto;
pid /run/nginx.pid;
error_log /var/log/nginx/error.log notice;
events { worker_connections 1024; }
http {
  include mime.types;
  default_type application/octet-stream;
  access_log /var/log/nginx/access.log;
  sendfile on;
  include /etc/nginx/conf.d/*.conf;
}
`;

async function makeFolders(root: string, folders: readonly string[]): Promise<void> {
  for (const folder of folders) await mkdir(path.join(root, folder), { recursive: true, mode: 0o755 });
}

async function write(root: string, file: string, text: string, mode = 0o644): Promise<void> {
  await writeFile(path.join(root, file), text);
  await chmod(path.join(root, file), mode);
}

async function copyProgram(root: string, name: string, to: string): Promise<string> {
  const found = await findProgram(name);
  if (!found) throw new Error(`There is no ${name} on this machine to copy.`);
  const file = await realpath(found);
  await copyFile(file, path.join(root, to));
  await copyLibraries(root, file);
  return found;
}

/** The shared libraries of a program, at the paths where it looks for them. */
async function copyLibraries(root: string, program: string): Promise<void> {
  const listed = await run('ldd', [program], { timeoutMs: 10_000 }).catch(() => ''); // statically linked: ldd fails
  for (const [, library] of listed.matchAll(/(?:=>\s*|^\s+)(\/\S+) \(0x/gm)) {
    const target = path.join(root, library!);
    await mkdir(path.dirname(target), { recursive: true });
    await copyFile(library!, target);
  }
}
