import { mkdir, rm } from 'node:fs/promises';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { execPath } from 'node:process';
import { MiB } from '@apployd/core/resources';
import type { LogWriter } from '@apployd/backplane/logs/log-writer';
import { endProcess } from '../command/end-process.js';
import { runCommand, type Command, type CommandResult } from '../command/run-command.js';
import { stoppable, type Stop } from '../command/stoppable.js';
import {
  cgroupPids,
  cgroupRanOutOfMemory,
  createCgroup,
  findCgroup,
  joinCgroup,
  removeCgroup,
} from '../runtime/process-cgroup.js';
import type { ProcessCgroup } from '../runtime/process-cgroup.js';
import { readProcesses } from '../runtime/process-table.js';
import type { InstanceLimits } from '@apployd/core/demand';
import { defaultPath, pick, type Environment } from '../source/git-environment.js';
import { buildError, outOfMemory } from './build-failure.js';
import type { BuildRequest } from './builder.js';
import { buildMark, endMarked } from './marked-processes.js';
import { outputLines } from './output-lines.js';

export type StepLimits = InstanceLimits;

type StepPlaces = { readonly folder: string; readonly cgroupParent: string | null };

type StepOptions = StepPlaces & { readonly limits: StepLimits; readonly environment: Environment };

/** Runs one command in the release's folder; rejects when it fails. */
export type RunStep = (argv: readonly string[]) => Promise<void>;

/** Runs a build's commands within their limits. Nothing that they started is left afterwards. */
export async function withSteps(
  options: StepOptions,
  request: BuildRequest,
  cwd: string,
  log: LogWriter,
  signal: AbortSignal,
  work: (run: RunStep) => Promise<void>,
): Promise<void> {
  const { limits, folder, cgroupParent } = options;
  const home = homeOf(folder, request.deploymentId);
  const group = cgroupParent
    ? await createCgroup(cgroupParent, cgroupNameOf(request.deploymentId), limits, maxProcesses)
    : null;
  const environment = stepEnvironment(options, request, home);
  try {
    await mkdir(home, { recursive: true });
    await work((argv) => runStep({ argv, cwd, environment, limits, group, log, signal }));
  } finally {
    await endSteps(options, request.deploymentId);
  }
}

/** Ends all that a build's commands started, whoever started them, and removes their home. Nothing there is no error. */
export async function endSteps({ folder, cgroupParent }: StepPlaces, deploymentId: string): Promise<void> {
  await endMarked(deploymentId);
  const group = cgroupParent && (await findCgroup(cgroupParent, cgroupNameOf(deploymentId)));
  if (group) await endGroup(group);
  await rm(homeOf(folder, deploymentId), { recursive: true, force: true, maxRetries: 3 });
}

function homeOf(folder: string, deploymentId: string): string {
  return join(folder, `.home-${deploymentId}`);
}

function cgroupNameOf(deploymentId: string): string {
  return `build-${deploymentId}`;
}

const maxProcesses = 1_024;

type Step = {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly limits: StepLimits;
  readonly group: ProcessCgroup | null;
  readonly log: LogWriter;
  readonly signal: AbortSignal;
};

async function runStep(step: Step): Promise<void> {
  const { argv, log, group, limits } = step;
  const shown = argv.join(' ');
  log.line(`$ ${shown}`);
  let heapFull = false;
  const onLine = (line: string) => {
    heapFull ||= line.includes('JavaScript heap out of memory');
    log.line(line);
  };
  const lines = outputLines<'stdout' | 'stderr'>(onLine);
  const result = await stoppable(step.signal, (signal, stop) => runLimited(step, lines.push, signal, stop));
  lines.end();
  if (result.exitCode === 0) return;
  const exitCode = exitCodeOf(result);
  if (heapFull || (group && (await cgroupRanOutOfMemory(group)))) throw outOfMemory(limits.memoryBytes, exitCode);
  throw buildError(
    `The step "${shown}" failed with exit code ${exitCode}. The lines above it in the log say why.`,
    exitCode,
  );
}

async function runLimited(
  step: Step,
  onOutput: Command['onOutput'],
  signal: AbortSignal,
  stop: Stop,
): Promise<CommandResult> {
  const { argv, cwd, environment, group, limits } = step;
  let unwatch = () => {};
  const onStart = (pid: number) => {
    const watch = () => {
      unwatch = watchMemory(pid, limits.memoryBytes, () => stop(outOfMemory(limits.memoryBytes, null)));
    };
    if (group) joinCgroup(group, pid).catch(watch);
    else watch();
  };
  try {
    return await runCommand({ argv, cwd, environment, onOutput, onStart }, signal);
  } finally {
    unwatch();
  }
}

/** The engine's own environment stays out of it. What customers set comes first: search path and mark are ours. */
function stepEnvironment({ folder, limits, environment }: StepOptions, request: BuildRequest, home: string) {
  const heapMb = Math.floor((limits.memoryBytes / MiB) * 0.75);
  return {
    CI: '1',
    LANG: 'C.UTF-8',
    NODE_OPTIONS: `--max-old-space-size=${heapMb}`,
    YARN_NODE_LINKER: 'node-modules',
    npm_config_update_notifier: 'false',
    ...pick(environment, passedOn),
    ...request.buildVariables,
    npm_config_cache: join(folder, '.npm', request.organizationId),
    HOME: home,
    PATH: [dirname(execPath), environment.PATH ?? defaultPath].join(delimiter),
    [buildMark]: request.deploymentId,
  };
}

const passedOn = [
  'npm_config_registry',
  'NPM_CONFIG_REGISTRY',
  'npm_config_cafile',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'https_proxy',
  'HTTPS_PROXY',
  'http_proxy',
  'HTTP_PROXY',
  'no_proxy',
  'NO_PROXY',
];

const watchMemoryMs = 250;

/** Where the kernel is not asked to limit memory, looking now and then has to do. Returns what ends it. */
function watchMemory(group: number, maxBytes: number, onPassed: () => void): () => void {
  let timer: NodeJS.Timeout;
  let over = false;
  const look = async () => {
    const all = await readProcesses().catch(() => []);
    const used = all.filter((entry) => entry.group === group).reduce((sum, entry) => sum + entry.residentBytes, 0);
    if (over) return;
    if (used > maxBytes) onPassed();
    else lookLater();
  };
  const lookLater = () => {
    timer = setTimeout(() => void look(), watchMemoryMs).unref();
  };
  lookLater();
  return () => {
    over = true;
    clearTimeout(timer);
  };
}

/** Ends what emptied its environment, and with it lost its mark. */
async function endGroup(group: ProcessCgroup): Promise<void> {
  for (const pid of await cgroupPids(group)) endProcess(pid);
  await removeCgroup(group);
}

function exitCodeOf({ exitCode, signal }: CommandResult): number {
  return exitCode ?? 128 + (signal ? constants.signals[signal] : 0);
}
