import type { Engine } from '../engine.js';
import type { Run } from './run.js';
import type { Undo } from './undo.js';

/**
 * Has the runtime make what the instances will need while the release is fetched and built. When it cannot, they make it
 * themselves, and tell why they cannot.
 */
export function prepareRuntime(engine: Engine, { deployment }: Run, undo: Undo): void {
  const { id: deploymentId, projectId } = deployment;
  undo(() => engine.runtime.forget(projectId));
  engine.runtime
    .prepare(projectId)
    .catch((err: unknown) =>
      engine.log.warn({ err, deploymentId }, 'could not prepare the runtime; trying again later'),
    );
}
