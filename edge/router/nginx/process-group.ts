import { readdir, readFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

const lookAgainMs = 5;

/** To all processes of a group. Nothing happens when none is there. */
export function killGroup(leader: number | undefined, signal: NodeJS.Signals): void {
  if (leader !== undefined) send(leader, signal);
}

/**
 * Until no process of a group runs, `withinMs` at most. Who kills a process has not waited for its end: until then it holds
 * its ports.
 */
export async function untilGroupEnded(leader: number, withinMs: number): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (send(leader, 0) && (await hasRunning(leader)) && Date.now() < deadline) await setTimeout(lookAgainMs);
}

function send(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-leader, signal);
  } catch {
    return false;
  }
}

/**
 * What has ended holds nothing, even where nobody asks how it did: in a container without an init process it stays in the list
 * for good. A system that does not show its processes is believed that the group is there.
 */
async function hasRunning(leader: number): Promise<boolean> {
  const all = await readdir('/proc').catch(() => null);
  if (!all) return true;
  const processes = all.filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(processes.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')));
  return found.some((line) => isRunningIn(leader, line));
}

/** Its state, parent and group follow its name, which may hold anything. */
function isRunningIn(leader: number, line: string): boolean {
  const [state = 'X', , group] = line.slice(line.lastIndexOf(')') + 2).split(' ');
  return Number(group) === leader && !'ZX'.includes(state);
}
