import { chmod, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import Docker from 'dockerode';
import { forgetDockerSteps } from '@apployd/engine/builder/docker-steps';
import { temporaryFolder } from '@apployd/launch/temporary-folder';
import { dockerAnswers } from './host/docker-engine.js';
import { prepareHost, listWhatIsMissing } from './host/prepare-host.js';
import { end, whatWeStarted } from './host/started.js';
import { endProcessesOf, watchLeftovers } from './leftovers.js';
import { memoryFolder } from './memory-folder.js';
import { readRequest, type Request } from './run-request.js';
import { runVitest, type Result } from './run-vitest.js';
import { runChild, stopChildren, stoppedBy } from './run-child.js';
import { comingSuites, suites } from './without.js';

const say = (line: string) => console.log(`test: ${line}`);
const earlier = await whatWeStarted();

// Set by CI: time must be left to say what was found, and to clean up.
const endsWithinMs = Number(process.env.APPLOYD_TEST_ENDS_WITHIN_S ?? 0) * 1000;
if (endsWithinMs > 0) setTimeout(runOutOfTime, endsWithinMs).unref();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stopChildren(signal));

const result = await testEverything().catch((error: unknown): Result => {
  console.error(error instanceof Error ? error.message : error);
  return { passed: 0, failed: 1, skipped: 0 };
});
await stopWhatThisRunStarted().catch((error: unknown) => console.error(error));

// The last line, alone: what a machine reads.
console.log(`${result.passed} passed, ${result.failed} failed${result.skipped ? `, ${result.skipped} skipped` : ''}`);
process.exit(result.failed > 0 || result.passed === 0 ? 1 : 0);

function runOutOfTime(): void {
  say('out of time: what still runs is ended');
  stopChildren('SIGTERM');
}

async function testEverything(): Promise<Result> {
  const request = readRequest(process.argv.slice(2), process.env.APPLOYD_TEST_WITHOUT ?? '');
  // The whole-system tests run what an installation runs. Building takes the processor, preparing mostly the network.
  await both(prepare(request), runChild('npm', ['run', '--silent', 'build'], { env: process.env, timeoutMs: 300_000 }));
  const folder = await runFolder();
  try {
    return await testWithin(folder, request);
  } finally {
    await endProcessesOf(path.basename(folder));
    await rm(folder, { recursive: true, force: true });
  }
}

/** As Promise.all, but nothing still runs when it rejects. */
async function both(...work: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(work)) if (result.status === 'rejected') throw result.reason;
}

async function prepare(request: Request): Promise<void> {
  if (request.without.length > 0) say(`left out on request: ${request.without.join(', ')}`);
  const wanted = suites.filter((suite) => !request.without.includes(suite) && !comingSuites.includes(suite));
  if (request.setup) await prepareHost(wanted, say);
  else await listWhatIsMissing(wanted, say);
}

async function testWithin(folder: string, request: Request): Promise<Result> {
  const leftBehind = await watchLeftovers({ marker: path.basename(folder) });
  const env = { ...process.env, TMPDIR: folder, APPLOYD_TEST_WITHOUT: request.without.join(',') };
  const result = await runVitest(request.rest, path.join(folder, 'result.json'), env);
  if (stoppedBy()) return { ...result, failed: Math.max(result.failed, 1) };
  // Builds that fail leave their steps for the next one; an engine forgets them by age.
  if (await dockerAnswers()) await forgetDockerSteps(new Docker(), 0);
  const left = await leftBehind(5000);
  for (const line of left) say(`left behind: ${line}`);
  return left.length > 0 ? { ...result, failed: result.failed + 1 } : result;
}

/**
 * Temporary files of the run, in memory where that can be and no place was asked for. Its name is in the environment of all
 * that the run starts, which tells them from others.
 */
async function runFolder(): Promise<string> {
  const place = (await memoryFolder()) ?? (await temporaryFolder());
  const folder = await mkdtemp(path.join(place, 'apployd-run-'));
  // The embedded PostgreSQL has an account of its own, which must get through.
  await chmod(folder, 0o755);
  return folder;
}

async function stopWhatThisRunStarted(): Promise<void> {
  for (const started of await whatWeStarted())
    if (!earlier.some(({ pid, startTime }) => pid === started.pid && startTime === started.startTime)) {
      await end(started);
      say(`stopped  ${started.name}`);
    }
}
