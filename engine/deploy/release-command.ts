import { DeploymentFailure } from '@apployd/core/failure';
import { describeBytes } from '@apployd/core/resources';
import { projectSettings } from '@apployd/core/settings';
import type { Instance, Process, Release } from '@apployd/prisma/generated/client/client';
import type { Engine } from '../engine.js';
import { newRows } from '../instance/new-rows.js';
import { removeInstance } from '../instance/remove-instance.js';
import { startRelease } from '../instance/start-release.js';
import type { InstanceReport } from '../runtime/runtime.js';
import { requireSlice } from './require-slice.js';
import { Overtaken, type Run } from './run.js';
import { say } from './say.js';
import { skip, step } from './step.js';
import { isStillOurs } from './still-ours.js';
import { roomForOne } from './room.js';

/**
 * Runs the release's command, such as the migration of a database, in an instance of its own that takes no visitors: once
 * for a release in an environment, before anything of it is started to serve.
 */
export async function runReleaseCommand(
  engine: Engine,
  run: Run,
  release: Release,
  signal: AbortSignal,
): Promise<void> {
  const { releaseCommand: command } = projectSettings.parse(release.settings);
  if (!command) return;
  if (await hasRun(engine, run, release)) {
    await skip(
      engine,
      run,
      'RELEASE',
      'The release command has succeeded for this release in this environment before.',
    );
    return;
  }
  const runIt = async (stop: AbortSignal) => {
    const process = await requireSlice(engine, run);
    say(run, `Running the release command: ${command.join(' ')}`);
    const row = await ensureRow(engine, run, process);
    try {
      await finish(engine, run, { row, process, release, command }, stop);
      await noteRun(engine, run, release);
      say(run, 'The release command succeeded');
    } finally {
      await removeInstance(engine, row.id, Math.min(endMs, engine.settings.stopGraceMs));
    }
  };
  await step(engine, run, 'RELEASE', signal, runIt, { room: roomForOne });
}

/** So long may a command take to end that was canceled, or is late. */
const endMs = 1_000;

async function hasRun({ db }: Engine, { deployment }: Run, { id: releaseId }: Release): Promise<boolean> {
  const { environmentId } = deployment;
  const where = { releaseId_environmentId: { releaseId, environmentId } };
  return (await db.releaseCommandRun.findUnique({ where })) !== null;
}

/** That of an earlier try whose worker died, which may still be at it; else a new one. */
async function ensureRow(engine: Engine, run: Run, process: Process): Promise<Instance> {
  const { deployment } = run;
  return engine.db.$transaction(async (tx) => {
    if (!(await isStillOurs(tx, run))) throw new Overtaken(deployment.id);
    const where = { deploymentId: deployment.id, isReleaseCommand: true, state: 'STARTING' } as const;
    const found = await tx.instance.findFirst({ where });
    const [row] = found ? [found] : await newRows({ db: tx, settings: engine.settings }, deployment, process, 1, true);
    if (!row) throw new Error('No row was made for the release command.');
    return row;
  });
}

type Work = {
  readonly row: Instance;
  readonly process: Process;
  readonly release: Release;
  readonly command: readonly string[];
};

/** Resolves once it has succeeded. One that an earlier try has begun is not begun again, unless nobody knows how it ended. */
async function finish(engine: Engine, run: Run, { row, process, release, command }: Work, signal: AbortSignal) {
  const before = await engine.runtime.inspect(row.id);
  if (before.state === 'gone' || (before.state === 'ended' && before.exitCode === null)) {
    const ofCommand = { ...release, command: [...command] };
    await startRelease(engine, row, { name: `${process.name}-release` }, ofCommand, run.variables.all);
  }
  for await (const { message, source } of engine.runtime.output(row.id, null, signal)) run.log.line(message, source);
  signal.throwIfAborted();
  requireSuccess(await engine.runtime.inspect(row.id), Number(row.memoryBytes));
}

function requireSuccess(report: InstanceReport, memoryBytes: number): void {
  if (report.state === 'ended' && report.exitCode === 0) return;
  // Its output is over: what is not ended by now was taken from us, and is tried again.
  if (report.state !== 'ended') throw new Error(`The release command is ${report.state}, though its output is over.`);
  const { exitCode, outOfMemory } = report;
  throw outOfMemory
    ? failed('OUT_OF_MEMORY', `needed more than its ${describeBytes(memoryBytes)} of memory`, exitCode)
    : failed('RELEASE_COMMAND_FAILED', howItFailed(exitCode), exitCode);
}

function howItFailed(exitCode: number | null): string {
  if (exitCode === notFoundCode) return 'is not there: its exit code is 127, so its program is not in the release';
  return exitCode === null ? 'ended, and nobody knows how' : `ended with exit code ${exitCode}`;
}

const notFoundCode = 127;

function failed(code: 'OUT_OF_MEMORY' | 'RELEASE_COMMAND_FAILED', how: string, exitCode: number | null) {
  const message = `The release command ${how}. What it printed is in the log; the former release stays live. Mend it, then deploy again.`;
  return new DeploymentFailure(code, 'RELEASE', message, exitCode);
}

/** From here on it is not run again for this release in this environment, whatever becomes of the deployment. */
async function noteRun(engine: Engine, run: Run, { id: releaseId }: Release): Promise<void> {
  const { id, environmentId, organizationId } = run.deployment;
  await engine.db.$transaction(async (tx) => {
    if (!(await isStillOurs(tx, run))) throw new Overtaken(id);
    const data = { releaseId, environmentId, organizationId, finishedAt: engine.clock.now() };
    await tx.releaseCommandRun.createMany({ data, skipDuplicates: true });
  });
}
