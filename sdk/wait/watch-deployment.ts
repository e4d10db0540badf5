import { type Calls, found } from '../calls.js';
import { DeploymentChangedDocument, DeploymentDocument } from '../generated/operations.js';
import { isPassing } from '../http/requests.js';
import { sleep } from '../http/time.js';
import { resume } from '../stream/resume.js';
import type { Deployment } from '../types.js';

/** Whether the stream of states is there, for whoever would otherwise have to ask. */
export type Link = { isUp: boolean };

type Watching = { readonly calls: Calls; readonly pollMs: number; readonly link: Link };

/** Resolves with the deployment once its status is final: told by the stream, or by asking while there is none. */
export async function watchDeployment(
  { calls, pollMs, link }: Watching,
  id: string,
  onStatus: ((deployment: Deployment) => void) | undefined,
  outer: AbortSignal,
): Promise<Deployment> {
  const sight = sightOf(onStatus);
  const done = new AbortController();
  const onOuter = () => done.abort(outer.reason);
  outer.addEventListener('abort', onOuter, { once: true });
  if (outer.aborted) onOuter();
  try {
    return await Promise.race([
      streamed(calls, id, sight, link, done.signal),
      polled(calls, id, sight, link, pollMs, done.signal),
    ]);
  } finally {
    done.abort();
    outer.removeEventListener('abort', onOuter);
  }
}

/** What has been seen so far. States only go forward: an answer that was overtaken on its way is dropped. */
type Sight = { see(deployment: Deployment): Deployment | null };

function sightOf(onStatus: ((deployment: Deployment) => void) | undefined): Sight {
  let lastRank = -1;
  let lastSeen = '';
  return {
    see: (deployment) => {
      const rank = ranks.indexOf(deployment.status);
      const seen = JSON.stringify([
        deployment.status,
        deployment.serving,
        deployment.stages,
        deployment.cancelRequestedAt,
      ]);
      if (rank < 0 || rank >= lastRank) {
        if (seen !== lastSeen) onStatus?.(deployment);
        lastSeen = seen;
        lastRank = rank;
      }
      return finalStatuses.has(deployment.status) ? deployment : null;
    },
  };
}

const ranks: readonly string[] = ['QUEUED', 'BUILDING', 'DEPLOYING', 'READY'];
const finalStatuses: ReadonlySet<string> = new Set(['READY', 'FAILED', 'CANCELED', 'SUPERSEDED']);

async function streamed(
  { streams, delays }: Calls,
  id: string,
  sight: Sight,
  link: Link,
  signal: AbortSignal,
): Promise<Deployment> {
  const reconnects = resume(delays);
  for (;;) {
    reconnects.opened();
    const ended = await followOnce(streams.subscribe(DeploymentChangedDocument, { id }, signal), sight, link);
    link.isUp = false;
    if ('deployment' in ended) return ended.deployment;
    signal.throwIfAborted();
    await reconnects.next(ended.error, signal);
  }
}

type Ended = { readonly deployment: Deployment } | { readonly error: Error | null };

async function followOnce(
  states: AsyncIterable<{ readonly deploymentChanged: Deployment | null }>,
  sight: Sight,
  link: Link,
): Promise<Ended> {
  const arrivals = states[Symbol.asyncIterator]();
  try {
    for (;;) {
      const arrived = await arrivals.next().catch((error: unknown) => ({ error: error as Error }));
      if ('error' in arrived) return arrived;
      if (arrived.done) return { error: null };
      link.isUp = true;
      const final = sight.see(found(arrived.value.deploymentChanged, 'deployment'));
      if (final) return { deployment: final };
    }
  } finally {
    await arrivals.return?.();
  }
}

/** Asks every `pollMs` while the stream is not there. */
async function polled(
  { request }: Calls,
  id: string,
  sight: Sight,
  link: Link,
  pollMs: number,
  signal: AbortSignal,
): Promise<Deployment> {
  for (;;) {
    await sleep(pollMs, signal);
    if (link.isUp) continue;
    try {
      const { deployment } = await request(DeploymentDocument, { id }, { signal });
      const final = sight.see(found(deployment, 'deployment', id));
      if (final) return final;
    } catch (error) {
      if (!isPassing(error)) throw error;
    }
  }
}
