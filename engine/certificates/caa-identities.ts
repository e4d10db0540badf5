import { once } from 'node:events';
import https from 'node:https';
import { systemClock, type Clock } from '@apployd/core/clock';
import { withinDeadline } from '@apployd/core/deadline';
import type { Logger } from '@apployd/backplane/log/logger';
import { z } from 'zod';
import type { CaaIdentities } from './certificates.js';

type Options = {
  /** Of the authority. */
  readonly directory: string;
  /** PEM of whoever vouches for its address, where the system does not. */
  readonly ca: string | null;
  readonly log: Pick<Logger, 'warn'>;
  readonly clock?: Clock;
};

const patienceMs = 5_000;
const mostBytes = 65_536;
const [keptMs, againMs] = [86_400_000, 300_000];

const directoryMeta = z.object({ meta: z.object({ caaIdentities: z.array(z.string().max(253)).max(20) }) });

/** Reads them from the directory (RFC 8555, 9.7.6), once a day; one that is away is asked again after five minutes. */
export function caaIdentities({ directory, ca, log, clock = systemClock }: Options): CaaIdentities {
  let known = usual(directory);
  let askAfter = new Date(0);
  return async (signal) => {
    const now = clock.now();
    if (now < askAfter) return known;
    askAfter = new Date(now.getTime() + againMs);
    try {
      const said = await withinDeadline(signal, patienceMs, (stop) => read(directory, ca, stop));
      known = said ?? known;
      askAfter = new Date(now.getTime() + keptMs);
    } catch (err) {
      log.warn({ err, directory }, 'the certificate authority did not say as whom CAA records name it');
    }
    return known;
  };
}

/** Of the authority that most have, also before it was asked. */
function usual(directory: string): readonly string[] | null {
  return /\.api\.letsencrypt\.org$/.test(new URL(directory).hostname) ? ['letsencrypt.org'] : null;
}

/** Null: it says nothing of it. */
async function read(directory: string, ca: string | null, signal: AbortSignal): Promise<readonly string[] | null> {
  const request = https.get(directory, { signal, agent: false, ...(ca === null ? {} : { ca }) });
  try {
    const [response] = (await once(request, 'response', { signal })) as [AsyncIterable<Buffer>];
    const pieces: Buffer[] = [];
    for await (const piece of response) {
      pieces.push(piece);
      if (pieces.reduce((sum, { length }) => sum + length, 0) > mostBytes)
        throw new Error('Its directory is too long.');
    }
    const body: unknown = JSON.parse(Buffer.concat(pieces).toString('utf8'));
    const said = directoryMeta.safeParse(body).data?.meta.caaIdentities ?? [];
    return said.length > 0 ? said.map((name) => name.toLowerCase()) : null;
  } finally {
    request.on('error', () => undefined).destroy();
  }
}
