import type { Engine } from './engine.js';

/**
 * What the former engine of this server held when it was killed is free at once, and not only when its leases have run out:
 * `takeUpFormer` goes on with it. What cannot be freed now does so by itself.
 */
export async function freeFormer({ leases, gate, log }: Pick<Engine, 'leases' | 'gate' | 'log'>): Promise<void> {
  for (const held of [leases, gate]) {
    try {
      const freed = (await held?.endFormer()) ?? 0;
      if (freed > 0) log.info({ freed }, 'freed what the former engine of this server held');
    } catch (err) {
      log.warn({ err }, 'could not free what the former engine of this server held; it expires by itself');
    }
  }
}
