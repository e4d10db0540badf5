import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { logSources, type LogLine, type LogSource } from '@apployd/core/log-line';
import type { StorableLine } from './log-store.js';

const compress = promisify(gzip);
const expand = promisify(gunzip);

type Packed = [atMs: number, source: LogSource, message: string, deploymentId: string, truncated: 0 | 1];

/** Lines as compressed JSON. Their sequences follow from that of the first. */
export async function packLines(lines: readonly StorableLine[]): Promise<Uint8Array<ArrayBuffer>> {
  const packed = lines.map((line): Packed => [
    line.at.getTime(),
    line.source,
    line.message,
    line.deploymentId,
    line.truncated ? 1 : 0,
  ]);
  return new Uint8Array(await compress(JSON.stringify(packed)));
}

export async function unpackLines(bytes: Uint8Array, firstSequence: number): Promise<LogLine[]> {
  const packed = JSON.parse((await expand(bytes)).toString('utf8')) as Packed[];
  return packed.map(([atMs, source, message, deploymentId, truncated], index) => ({
    sequence: firstSequence + index,
    at: new Date(atMs),
    source: logSources.includes(source) ? source : 'PLATFORM',
    message,
    deploymentId,
    truncated: truncated === 1,
  }));
}
