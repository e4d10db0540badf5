import { withinDeadline } from '@apployd/core/deadline';
import type { Engine } from '../engine.js';

const mostLines = 20;
const mostCharacters = 500;
/** A secret may have many lines: what is masked is more than what is shown. */
const mostRead = 500;
const patienceMs = 5_000;

/** What an instance printed last, masked. Nothing where that cannot be read in time. */
export async function lastLinesOf(
  { runtime, log }: Pick<Engine, 'runtime' | 'log'>,
  instanceId: string,
  mask: (text: string) => string,
): Promise<string[]> {
  const read = (signal: AbortSignal) => runtime.lastOutput(instanceId, mostRead, signal);
  const lines = await withinDeadline(new AbortController().signal, patienceMs, read).catch((err: unknown) => {
    log.warn({ err, instanceId }, 'cannot read what the app printed last');
    return [];
  });
  const masked = mask(lines.map(({ message }) => message).join('\n'))
    .split('\n')
    .slice(-mostLines);
  return masked.filter((line) => line !== '').map((line) => line.slice(0, mostCharacters));
}
