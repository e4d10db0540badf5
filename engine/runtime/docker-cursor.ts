import type { DockerEntry } from './docker-frames.js';
import type { OutputCursor } from './runtime.js';

/** An entry of a stream: its time, and which one of that time it is. */
export type Mark = { readonly stamp: string; readonly count: number };
/**
 * The last entry of each stream that ended a line, and when the oldest line began that has not ended yet, if there is one.
 * Streams are stamped apart and then share a file, so only within one of them do times never go back.
 */
export type Position = { STDOUT: Mark; STDERR: Mark; openSince: string };

/** By how much two streams' times may be out of order in the file. */
const slackMs = 2_000;

export function parseCursor(cursor: OutputCursor | null): Position {
  const [stdout = '', stderr = '', open = ''] = (cursor ?? '').split(',');
  return { STDOUT: parseMark(stdout), STDERR: parseMark(stderr), openSince: /^[\d:TZ.-]+$/.test(open) ? open : '' };
}

export function writeCursor({ STDOUT, STDERR, openSince }: Position): OutputCursor {
  const marks = `${STDOUT.stamp}/${STDOUT.count},${STDERR.stamp}/${STDERR.count}`;
  return openSince === '' ? marks : `${marks},${openSince}`;
}

/** From which time on to ask Docker, in seconds: early enough to miss nothing behind the position. */
export function sinceOf({ STDOUT, STDERR, openSince }: Position): string {
  const [earlier = '', later = ''] = [STDOUT.stamp, STDERR.stamp].sort();
  if (later === '') return '0';
  const latest = Date.parse(later) - slackMs;
  if (earlier !== '' && Date.parse(earlier) > latest) return seconds(earlier);
  return openSince !== '' && Date.parse(openSince) < latest ? seconds(openSince) : (latest / 1000).toFixed(3);
}

/** An entry, or what there is to say in the place of some. */
export type PassedEntry =
  | (DockerEntry & { readonly mark: Mark })
  | (Omit<DockerEntry, 'source'> & { readonly source: 'PLATFORM' });

const holeText = 'Lines are missing here: the app printed more than Docker keeps before they were read.\n';

/**
 * The entries behind the position, each with its mark. In the file they stand behind all that was read, so that where nothing
 * of that is there any more, Docker has dropped what came between: that is said.
 */
export async function* passOver(position: Position, entries: AsyncIterable<DockerEntry>): AsyncGenerator<PassedEntry> {
  const start = { STDOUT: position.STDOUT, STDERR: position.STDERR };
  const { openSince } = position;
  const seen = { STDOUT: none(), STDERR: none() };
  let isJoined = start.STDOUT.stamp === '' && start.STDERR.stamp === '';
  for await (const entry of entries) {
    const { source, stamp } = entry;
    const count = seen[source].stamp === stamp ? seen[source].count + 1 : 1;
    const mark = { stamp, count };
    seen[source] = mark;
    isJoined ||= stamp === start[source].stamp || stamp === openSince;
    if (stamp < start[source].stamp || (stamp === start[source].stamp && count <= start[source].count)) continue;
    if (!isJoined) yield { source: 'PLATFORM', stamp, text: holeText };
    isJoined = true;
    yield { ...entry, mark };
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
