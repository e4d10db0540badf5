import { setTimeout } from 'node:timers/promises';
import type { Control } from './control.js';

const withinMs = 2_000;
const lookAgainMs = 50;

/**
 * Rejects when the workers of Nginx do not reach the edge: they would turn away whoever visits what sleeps. Just after a
 * reload one that is about to go may still answer, and knows of no such question.
 */
export async function reachWaker(control: Control, socket: string): Promise<void> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const problem = await control.reachWaker().catch((error: unknown) => (error as Error).message);
    if (problem === null) return;
    if (Date.now() > deadline) throw new Error(refusal(socket, problem));
    await setTimeout(lookAgainMs);
  }
}

const refusal = (socket: string, problem: string) =>
  `The workers of Nginx do not reach the edge at ${socket} (${problem}). They need the account in EDGE_NGINX_USER, or where the edge is not root the edge's own, and that account has to be let through all folders above.`;
