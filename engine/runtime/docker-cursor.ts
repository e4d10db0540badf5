import type { DockerEntry } from './docker-frames.js';
import type { OutputCursor } from './runtime.js';

/** The last entry that was read of a stream: its time, and which one of that time it was. */
type Mark = { stamp: string; count: number };
/** Streams are stamped apart and then share a file, so only within one of them do times never go back. */
export type Position = { STDOUT: Mark; STDERR: Mark };

/** By how much two streams' times may be out of order in the file. */
const slackMs = 2_000;

export function parseCursor(cursor: OutputCursor | null): Position {
  const [stdout, stderr] = (cursor ?? '').split(',').map(parseMark);
  return { STDOUT: stdout ?? none(), STDERR: stderr ?? none() };
}

export function writeCursor({ STDOUT, STDERR }: Position): OutputCursor {
  return `${STDOUT.stamp}/${STDOUT.count},${STDERR.stamp}/${STDERR.count}`;
}

/** From which time on to ask Docker, in seconds: early enough to miss nothing behind the position. */
export function sinceOf({ STDOUT, STDERR }: Position): string {
  const [earlier = '', later = ''] = [STDOUT.stamp, STDERR.stamp].sort();
  if (later === '') return '0';
  const latest = Date.parse(later) - slackMs;
  return earlier !== '' && Date.parse(earlier) > latest ? seconds(earlier) : (latest / 1000).toFixed(3);
}

/** The entries behind the position, which goes along. */
export async function* passOver(position: Position, entries: AsyncIterable<DockerEntry>): AsyncGenerator<DockerEntry> {
  const start = { STDOUT: { ...position.STDOUT }, STDERR: { ...position.STDERR } };
  const seen: Position = { STDOUT: none(), STDERR: none() };
  for await (const entry of entries) {
    const { source, stamp } = entry;
    const count = seen[source].stamp === stamp ? seen[source].count + 1 : 1;
    seen[source] = { stamp, count };
    if (stamp < start[source].stamp || (stamp === start[source].stamp && count <= start[source].count)) continue;
    position[source] = { stamp, count };
    yield entry;
  }
}

function parseMark(text: string): Mark {
  const match = /^([\d:TZ.-]+)\/(\d+)$/.exec(text);
  return match ? { stamp: match[1] ?? '', count: Number(match[2]) } : none();
}

function none(): Mark {
  return { stamp: '', count: 0 };
}

function seconds(stamp: string): string {
  const fraction = /\.(\d+)Z$/.exec(stamp)?.[1] ?? '0';
  return `${Math.floor(Date.parse(stamp) / 1000)}.${fraction.padEnd(9, '0')}`;
}
