import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import Docker from 'dockerode';
import { findProgram } from './command.js';
import { remember, stateFolder, type Started } from './started.js';

/** Whether an engine answers, at DOCKER_HOST or at its usual socket. */
export async function dockerAnswers(): Promise<boolean> {
  try {
    await new Docker({ timeout: 5000 }).ping();
    return true;
  } catch {
    return false;
  }
}

/** By which the setup remembers it. */
export const dockerEngine = 'Docker engine';
const answersWithinMs = 60_000;
const logFile = path.join(stateFolder, 'dockerd.log');

/** Starts an engine that outlives this process, and waits until it answers. */
export async function startDockerEngine(): Promise<Started> {
  const program = await findProgram('dockerd');
  if (!program) throw new Error('No Docker engine answers, and there is no dockerd to start.');
  const started = await remember(dockerEngine, spawnDetached(program));
  const deadline = Date.now() + answersWithinMs;
  while (Date.now() < deadline) {
    if (await dockerAnswers()) return started;
    await sleep(100);
  }
  throw new Error(`dockerd was started and does not answer within 60 s.\n${await endOfLog()}`);
}

function spawnDetached(program: string): number {
  mkdirSync(stateFolder, { recursive: true, mode: 0o700 });
  const log = openSync(logFile, 'a');
  try {
    const child = spawn(program, [], { detached: true, stdio: ['ignore', log, log], env: engineEnvironment() });
    child.unref();
    if (child.pid === undefined) throw new Error(`${program} cannot be started.`);
    return child.pid;
  } finally {
    closeSync(log);
  }
}

/** DOCKER_HOST is for clients; and the engine finds its helpers in the folders of root. */
function engineEnvironment(): NodeJS.ProcessEnv {
  const { DOCKER_HOST: _, APPLOYD_TEST_RUN: __, ...rest } = process.env;
  return { ...rest, PATH: `${rest.PATH ?? ''}:/usr/sbin:/sbin` };
}

const endOfLog = async () => `${logFile}:\n${(await readFile(logFile, 'utf8').catch(() => '')).slice(-2000)}`;
