import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Victim } from './points.js';
import type { Scene } from './a-scene.js';

/** Longer than a lease lasts. */
const pauseMs = 20_000;

/** Kills, without a word. Whatever it is comes again by itself. */
export async function strike(scene: Scene, victim: Victim): Promise<void> {
  const { platform } = scene;
  if (victim === 'Redis') return scene.loseRedis();
  if (victim === 'PostgreSQL') return void process.kill(await postmaster(platform.dataFolder), 'SIGKILL');
  if (victim !== 'engine, paused') return platform.kill(victim);
  await platform.kill('engine', 'SIGSTOP');
  await sleep(pauseMs);
  await platform.kill('engine', 'SIGCONT');
}

async function postmaster(dataFolder: string): Promise<number> {
  const text = await readFile(path.join(dataFolder, 'postgres', 'data', 'postmaster.pid'), 'utf8');
  return Number(text.split('\n', 1)[0]);
}
