import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process that the host setup started. The start time tells it from another that got its pid later. */
export type Started = { readonly name: string; readonly pid: number; readonly startTime: string };

/** Only root starts anything (see `canInstall`), and what runs does not outlive a boot: so does this folder. */
export const stateFolder = '/run/apployd-test-host';
const stateFile = path.join(stateFolder, 'started.json');

export async function remember(name: string, pid: number): Promise<Started> {
  const startTime = await startTimeOf(pid);
  if (startTime === null) throw new Error(`${name} ended right after its start.`);
  const started = { name, pid, startTime };
  await save([...(await whatWeStarted()), started]);
  return started;
}

/** What the setup started here, by this call or an earlier one, and has not stopped. */
export async function whatWeStarted(): Promise<readonly Started[]> {
  const text = await readFile(stateFile, 'utf8').catch(() => '[]');
  const noted = JSON.parse(text) as readonly Started[];
  const alive = await Promise.all(noted.map(isAlive));
  return noted.filter((_, index) => alive[index]);
}

const graceMs = 20_000;

/** Asks it to end and waits for that; ends it by force after the grace time. Ending what is gone is not an error. */
export async function end(started: Started): Promise<void> {
  if (await isAlive(started)) {
    process.kill(started.pid, 'SIGTERM');
    if (!(await isGoneWithin(started, graceMs))) process.kill(started.pid, 'SIGKILL');
    if (!(await isGoneWithin(started, 5000))) throw new Error(`${started.name} (pid ${started.pid}) does not end.`);
  }
  await save((await whatWeStarted()).filter((other) => other.pid !== started.pid));
}

async function save(all: readonly Started[]): Promise<void> {
  if (all.length === 0) return rm(stateFile, { force: true });
  await mkdir(stateFolder, { recursive: true, mode: 0o700 });
  await writeFile(stateFile, JSON.stringify(all));
}

async function isGoneWithin(started: Started, ms: number): Promise<boolean> {
  const deadline = Date.now() + ms;
  while (Date.now() < deadline) {
    if (!(await isAlive(started))) return true;
    await sleep(50);
  }
  return !(await isAlive(started));
}

const isAlive = async (started: Started) => (await startTimeOf(started.pid)) === started.startTime;

/** In ticks since the boot, as the kernel counts; null when it has ended (also when nobody has reaped it yet). */
async function startTimeOf(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  // The name in parentheses may hold anything: count from behind it.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields?.[0] && fields[0] !== 'Z' ? (fields[19] ?? null) : null;
}
