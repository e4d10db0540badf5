import { expect, test } from 'vitest';
import { startSchedule } from './schedule.js';
import { useEngine } from './testing/use-engine.js';

const house = useEngine();

test('an engine that starts says that it is there, and forgets steps of builds that are too old', async () => {
  const { engine } = house;
  const { serverId, buildCacheMs } = engine.settings;
  const heartbeat = async () => (await engine.db.server.findUniqueOrThrow({ where: { id: serverId } })).heartbeatAt;
  const before = await heartbeat();
  const ending = new AbortController();
  try {
    startSchedule(engine, ending.signal);
    await expect.poll(heartbeat).not.toEqual(before);
    await expect.poll(() => engine.builder.forgotten).toEqual([buildCacheMs]);
  } finally {
    ending.abort();
  }
});
