import { setTimeout as sleep } from 'node:timers/promises';
import { idOf } from '@apployd/core/id';
import { aCrowd, type Visits } from './crowd.js';
import { leftOver } from './left-over.js';
import type { Point, Runtime } from './points.js';
import { promote } from './promote.js';
import { reach } from './reach.js';
import type { Scene } from './a-scene.js';
import { strike } from './strike.js';

export type Outcome = Point & {
  readonly runtime: Runtime;
  readonly status: string;
  readonly visits: Visits;
  /** Lines that the client was given while it waited. */
  readonly lines: number;
  /** From the strike, or the end of the pause, until nothing was left to mend. */
  readonly healedMs: number;
  /** What went otherwise than promised. */
  readonly problems: readonly string[];
};

const waitMs = 180_000;
const healMs = 90_000;
const lookAgainMs = 100;

/** Deploys, strikes at this moment, and tells what became of the deployment, its visitors and its client. */
export async function rehearse(scene: Scene, point: Point): Promise<Outcome> {
  const text = `${point.victim} ${point.moment} ${Date.now()}`;
  await scene.publish(text);
  const crowd = aCrowd(scene.url);
  const lines: number[] = [];
  const gradual = point.moment === 'ROLLOUT';
  const deployment = await scene.platform.apployd.deployments.create({ environmentId: scene.environment.id, gradual });
  const ended = deployment.wait({ timeoutMs: waitMs, onLog: ({ sequence }) => void lines.push(sequence) }).then(
    ({ status }) => status as string,
    (error: unknown) => String(error),
  );
  const id = idOf('Deployment', deployment.id) ?? '';
  await reach(scene, id, point.moment);
  await strike(scene, point.victim);
  const struckAt = Date.now();
  if (gradual) await promote(scene, deployment.id);
  const status = await ended;
  const kept = await keptLines(scene, id);
  const left = await untilHealed(scene, id, text);
  const healedMs = Date.now() - struckAt;
  const visits = await crowd.count();
  const problems = [
    ...(status === 'READY' ? [] : [`it ended as ${status}`]),
    ...(await happenings(scene, id)),
    ...left,
    ...wrongIn(lines, kept),
    ...missed(point, visits),
  ];
  return { ...point, runtime: scene.runtime, status, visits, lines: lines.length, healedMs, problems };
}

/** What is still left when the time is over. A look that fails, while something is away, is followed by another. */
async function untilHealed(scene: Scene, id: string, text: string): Promise<readonly string[]> {
  const deadline = Date.now() + healMs;
  for (;;) {
    const left = await leftOver(scene, id, text).catch((error: unknown) => [`cannot look: ${String(error)}`]);
    if (left.length === 0 || Date.now() > deadline) return left;
    await sleep(lookAgainMs);
  }
}

/** It went live once, by its row and by what was told of it. */
async function happenings({ db }: Scene, subjectId: string): Promise<string[]> {
  const times = await db.event.count({ where: { subjectId, type: 'deployment.ready' } });
  return times === 1 ? [] : [`deployment.ready happened ${times} times`];
}

/** As many lines as there are to be handed out; null while the database is away. */
async function keptLines({ db }: Scene, id: string): Promise<number | null> {
  const stream = await db.logStream.findUnique({ where: { id: `build:${id}` } }).catch(() => null);
  return stream && Number(stream.lastSequence);
}

/** Every line that was kept when the wait was over was handed out once, and in order. */
function wrongIn(lines: readonly number[], kept: number | null): string[] {
  const isWhole = lines.every((sequence, i) => sequence === i + 1) && (kept === null || lines.length === kept);
  return isWhole ? [] : [`the client was given ${lines.length} lines of ${kept}, or some twice`];
}

/** While the only edge is away nobody can be served, nor while what serves is; nothing else may be felt by visitors. */
function missed({ victim }: Point, { failures }: Visits): string[] {
  if (victim === 'edge' || victim === 'Docker' || failures.length === 0) return [];
  return [`${failures.length} visits failed: ${failures[0]}`];
}
