import { readdir, readFile, readlink } from 'node:fs/promises';

/** Ports on which the network namespace of this process listens, or null where that cannot be told. */
export async function namespacePorts(pid: number): Promise<number[] | null> {
  const listeners = await readListeners(pid);
  return listeners && ports(listeners);
}

/** Ports on which these processes listen, or null where that cannot be told. */
export async function processPorts(pids: readonly number[]): Promise<number[] | null> {
  const [first] = pids;
  if (first === undefined) return null;
  const [listeners, ...inodes] = await Promise.all([readListeners(first), ...pids.map(socketInodes)]);
  if (!listeners) return null;
  const ours = new Set(inodes.flat());
  return ports(listeners.filter(({ inode }) => ours.has(inode)));
}

type Listener = { readonly port: number; readonly inode: string };

const listenState = '0A';
/** Docker's own resolver listens on 127.0.0.11 in every container. */
const dockerResolver = '0B00007F';

/** The listening sockets in the text of /proc/<pid>/net/tcp or tcp6. */
function parseListeners(text: string): Listener[] {
  return text
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => state === listenState && !local?.startsWith(dockerResolver))
    .map(([, local = '', , , , , , , , inode = '']) => ({
      port: parseInt(local.slice(local.indexOf(':') + 1), 16),
      inode,
    }));
}

async function readListeners(pid: number): Promise<Listener[] | null> {
  const texts = await Promise.all(
    ['tcp', 'tcp6'].map((table) => readFile(`/proc/${pid}/net/${table}`, 'utf8').catch(() => null)),
  );
  if (texts.every((text) => text === null)) return null;
  return texts.flatMap((text) => parseListeners(text ?? ''));
}

async function socketInodes(pid: number): Promise<string[]> {
  const folder = `/proc/${pid}/fd`;
  const names = await readdir(folder).catch(() => []);
  const targets = await Promise.all(names.map((name) => readlink(`${folder}/${name}`).catch(() => '')));
  return targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []);
}

function ports(listeners: readonly Listener[]): number[] {
  return [...new Set(listeners.map(({ port }) => port))].sort((a, b) => a - b);
}
