import type { Engine } from '../engine.js';

/** Ends every instance on this server and removes every image that was built: for installations that are thrown away. */
export async function removeEverything(engine: Engine): Promise<void> {
  for (const { handle } of await engine.runtime.list()) await engine.runtime.stop(handle, 1_000);
  const releases = await engine.db.release.findMany({
    where: { runtime: engine.runtime.kind },
    select: { imageId: true },
  });
  for (const { imageId } of releases) await engine.builder.remove(imageId);
}
