import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { killGroup, untilGroupEnded } from './process-group.js';

/** A group whose leader has ended; one that it started goes on for longer than any test. */
async function leaderless(): Promise<number> {
  const leader = spawn('sh', ['-c', 'sleep 60 & exit 0'], { detached: true, stdio: 'ignore' });
  await once(leader, 'exit');
  const { pid } = leader;
  if (pid === undefined) throw new Error('There is no shell.');
  onTestFinished(() => killGroup(pid, 'SIGKILL'));
  return pid;
}

/** Of each process of a group: the letter that says what it does. */
const statesIn = async (leader: number) => {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const told = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')));
  const found = told.map((line) => /\) (?<state>\w) \d+ (?<group>\d+)/.exec(line)?.groups);
  return found.filter((each) => Number(each?.['group']) === leader).map((each) => each?.['state']);
};

const isThere = (leader: number) => {
  try {
    return process.kill(-leader, 0);
  } catch {
    return false;
  }
};

test('a group has ended when the last that belongs to it has', async () => {
  const leader = await leaderless();
  expect(await statesIn(leader)).toEqual([expect.not.stringMatching('Z')]);
  const ended = untilGroupEnded(leader, 20_000);
  killGroup(leader, 'SIGTERM');
  await ended;
  // One that nobody has asked how it ended is a zombie until then.
  expect((await statesIn(leader)).filter((state) => state !== 'Z')).toEqual([]);
});

test('one that goes on is waited for no longer than is said', async () => {
  const leader = await leaderless();
  await untilGroupEnded(leader, 50);
  expect(isThere(leader)).toBe(true);
});

test('what has ended is not waited for when nobody asks how it did', async () => {
  // A shell asks how its children ended; what it becomes does not, and the child ends only then.
  const parent = spawn('sh', ['-c', 'exec 3<&0; setsid cat <&3 & echo $!; exec 3<&-; exec sleep 60'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  onTestFinished(() => void parent.kill('SIGKILL'));
  const [said] = (await once(parent.stdout, 'data')) as [Buffer];
  const zombie = Number(String(said));
  await expect.poll(() => readFile(`/proc/${parent.pid}/comm`, 'utf8')).toBe('sleep\n');
  await expect.poll(() => statesIn(zombie)).toHaveLength(1);
  parent.stdin.end();
  await expect.poll(() => statesIn(zombie)).toEqual(['Z']);
  await untilGroupEnded(zombie, 20_000);
  expect(isThere(zombie)).toBe(true);
});
