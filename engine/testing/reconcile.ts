import type { Engine } from '../engine.js';
import { reconcileRows, reconcileServer } from '../reconcile/reconcile.js';
import { never } from './use-engine.js';

/** All that is reconciled, once. */
export async function reconcile(engine: Engine): Promise<void> {
  await reconcileRows(engine, never);
  await reconcileServer(engine, never);
}
