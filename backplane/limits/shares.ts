import { msOf } from './level.js';
import type { Bucket, Limits, Taken } from './limits.js';
import { recentlySet } from './recently-set.js';

/** Points that this process has taken for a key beforehand, and how many were left when it did. */
type Share = { left: number; readonly elsewhere: number; readonly at: number };
/** So many points were not to be had, and will not be before that moment. */
type Refusal = { readonly points: number; readonly until: number };

/**
 * Takes a twentieth of a bucket at a time, and serves from it without asking again. What a share still holds when it has
 * ended goes into the next one, as far as its bucket has not filled up meanwhile. Who was refused is refused from memory until the wait is over.
 */
export function inShares(store: Limits, now: () => number = Date.now): Limits {
  const shares = recentlySet<Share>();
  const refusals = recentlySet<Refusal>();
  const fetching = new Map<string, Promise<Taken>>();

  /** Of a share that lives: it ends when its points would have come back by themselves, and as long again. */
  function shareOf(key: string, bucket: Bucket): Share | null {
    const share = shares.get(key);
    return share && now() - share.at < 2 * msOf(shareSize(bucket), bucket) ? share : null;
  }

  function refusalOf(key: string, points: number, bucket: Bucket): Taken | null {
    const refusal = refusals.get(key);
    const waitMs = refusal && points >= refusal.points ? Math.ceil(refusal.until - now()) : 0;
    const remaining = shareOf(key, bucket)?.left ?? 0;
    return waitMs > 0 ? { granted: false, remaining, retryAfterMs: waitMs } : null;
  }

  /** What is there without asking; of a share that has ended only what the bucket has had no room for since. */
  function heldOf(key: string, bucket: Bucket): number {
    const share = shares.get(key);
    if (!share || shareOf(key, bucket)) return share?.left ?? 0;
    const roomFor = bucket.capacity - share.elsewhere - pointsIn(now() - share.at, bucket);
    return Math.max(0, Math.min(share.left, Math.floor(roomFor)));
  }

  /** A whole share; when there is none any more, just what is needed. */
  async function fetch(key: string, points: number, bucket: Bucket): Promise<Taken> {
    const held = heldOf(key, bucket);
    const needed = Math.max(0, points - held);
    const size = Math.max(needed, shareSize(bucket) - held);
    let taken = await take(key, size, bucket);
    if (!taken.granted && size > needed) taken = await take(key, needed, bucket);
    if (!taken.granted) refusals.set(key, { points, until: now() + taken.retryAfterMs });
    return taken;
  }

  async function take(key: string, size: number, bucket: Bucket): Promise<Taken> {
    const taken = await store.take(key, size, bucket);
    const left = heldOf(key, bucket) + size;
    if (taken.granted) shares.set(key, { left, elsewhere: taken.remaining, at: now() });
    return taken;
  }

  return {
    async take(key, points, bucket) {
      // Others may use up what was fetched before this one's turn: then once more, but not for ever.
      for (let turn = 0; turn < 100; turn += 1) {
        const share = shareOf(key, bucket);
        if (share && share.left >= points) {
          share.left -= points;
          return { granted: true, remaining: remainingOf(share, bucket, now()), retryAfterMs: 0 };
        }
        const refused = refusalOf(key, points, bucket);
        if (refused) return refused;
        const others = fetching.get(key);
        const asked = others ?? fetch(key, points, bucket).finally(() => fetching.delete(key));
        fetching.set(key, asked);
        const taken = await asked;
        if (!others && !taken.granted) return taken;
      }
      return store.take(key, points, bucket);
    },
    async refund(key, points, bucket) {
      const share = shareOf(key, bucket);
      if (!share) return store.refund(key, points, bucket);
      share.left += points;
    },
    close: () => store.close(),
  };
}

function shareSize({ capacity }: Bucket): number {
  return Math.ceil(capacity / 20);
}

function remainingOf({ left, elsewhere, at }: Share, bucket: Bucket, now: number): number {
  return Math.min(bucket.capacity, Math.floor(left + elsewhere + pointsIn(now - at, bucket)));
}

const pointsIn = (ms: number, { perSecond }: Bucket) => (ms * perSecond) / 1_000;
