import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { dockerEngine, startDockerEngine } from '../host/docker-engine.js';
import { whatWeStarted } from '../host/started.js';
import type { Victim } from './points.js';
import type { Scene } from './a-scene.js';

/** Longer than a lease lasts. */
const pauseMs = 20_000;
/** As an operator may be promised. */
const redisIsAwayMs = 60_000;

/** Kills, without a word. Whatever it is comes again by itself. */
export async function strike(scene: Scene, victim: Victim): Promise<void> {
  const { platform } = scene;
  if (victim === 'Redis') return scene.loseRedis();
  if (victim === 'Redis, away') return scene.haltRedis(redisIsAwayMs);
  if (victim === 'Docker') return loseDocker();
  if (victim === 'PostgreSQL') return void process.kill(await postmaster(platform.dataFolder), 'SIGKILL');
  if (victim !== 'engine, paused') return platform.kill(victim);
  await platform.kill('engine', 'SIGSTOP');
  await sleep(pauseMs);
  await platform.kill('engine', 'SIGCONT');
}

/** Away for longer than a call of the engine takes to be refused. */
const dockerIsAwayMs = 2_000;

/** Its daemon, and what it ran does not outlive the next one. Only where `npm run setup:host` has started it: it may have other users. */
async function loseDocker(): Promise<void> {
  const daemon = (await whatWeStarted()).find(({ name }) => name === dockerEngine);
  if (!daemon) throw new Error('The drill kills no Docker engine but one that `npm run setup:host` has started.');
  process.kill(daemon.pid, 'SIGKILL');
  await sleep(dockerIsAwayMs);
  await startDockerEngine();
}

async function postmaster(dataFolder: string): Promise<number> {
  const text = await readFile(path.join(dataFolder, 'postgres', 'data', 'postmaster.pid'), 'utf8');
  return Number(text.split('\n', 1)[0]);
}
