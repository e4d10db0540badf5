import { setTimeout as sleep } from 'node:timers/promises';
import type { Moment } from './points.js';
import type { Scene } from './a-scene.js';

const lookAgainMs = 5;
const deadlineMs = 120_000;

/** Resolves as soon as the deployment is in that stage by its rows. */
export async function reach({ db }: Scene, deploymentId: string, moment: Moment): Promise<void> {
  if (moment === 'QUEUE') return; // it waits from the moment that it was asked for
  const isThere = async () =>
    moment === 'after READY'
      ? (await db.deployment.count({ where: { id: deploymentId, status: 'READY' } })) > 0
      : (await db.deploymentStep.count({ where: { deploymentId, name: moment } })) > 0;
  const deadline = Date.now() + deadlineMs;
  while (!(await isThere())) {
    if (Date.now() > deadline) throw new Error(`The deployment never came to ${moment}.`);
    await sleep(lookAgainMs);
  }
}
