import { withinDeadline } from '@apployd/core/deadline';
import type { Engine } from '../engine.js';

const mostLines = 20;
const mostCharacters = 500;
/** A secret may have many lines: what is masked is more than what is shown. */
const mostRead = 500;

/** What an instance printed last, as far as it is read in so long. Nothing where it cannot be. */
export async function lastLinesOf(
  { runtime }: Pick<Engine, 'runtime'>,
  instanceId: string,
  mask: (text: string) => string,
  patienceMs: number,
): Promise<string[]> {
  const lines: string[] = [];
  const read = async (signal: AbortSignal) => {
    for await (const { message } of runtime.output(instanceId, null, signal)) {
      lines.push(message);
      if (lines.length > mostRead) lines.shift();
    }
  };
  await withinDeadline(new AbortController().signal, patienceMs, read).catch(() => undefined);
  const masked = mask(lines.join('\n')).split('\n').slice(-mostLines);
  return masked.filter((line) => line !== '').map((line) => line.slice(0, mostCharacters));
}
