import { expect, test } from 'vitest';
import { useEngine, never } from '../testing/use-engine.js';
import { sampleUsage } from './sample-usage.js';

const house = useEngine();

/** Looks this long after the instance was started. */
async function lookAfter(seconds: number): Promise<void> {
  const { engine, environment } = house;
  const { startedAt } = await engine.db.instance.findFirstOrThrow({ where: { environmentId: environment.id } });
  const now = () => new Date((startedAt?.getTime() ?? 0) + seconds * 1_000);
  await sampleUsage({ ...engine, clock: { ...engine.clock, now } }, never);
}

const hours = async () => {
  const rows = await house.engine.db.usageHour.findMany({ where: { environmentId: house.environment.id } });
  return rows.reduce(
    (sum, row) => ({
      memoryByteSeconds: sum.memoryByteSeconds + Number(row.memoryByteSeconds),
      cpuMs: sum.cpuMs + Number(row.cpuMs),
    }),
    { memoryByteSeconds: 0, cpuMs: 0 },
  );
};

test('what the instances of a server use is noted and added to the hour, once for each look', async () => {
  const { engine, environment } = house;
  const live = await house.goLive('app');
  const [id = ''] = live.instances.map((instance) => instance.id);
  const uses = (usage: { memoryBytes: number; cpuMs: number }) =>
    Object.assign(engine.machine.instances.get(id) ?? {}, { usage });
  uses({ memoryBytes: 1_000, cpuMs: 500 });
  await lookAfter(10);
  expect(await hours()).toEqual({ memoryByteSeconds: 10_000, cpuMs: 500 });
  uses({ memoryBytes: 2_000, cpuMs: 6_500 });
  await lookAfter(70);
  expect(await hours()).toEqual({ memoryByteSeconds: 130_000, cpuMs: 6_500 });
  expect(await engine.db.instance.findFirst({ where: { environmentId: environment.id } })).toMatchObject({
    ...{ usedMemoryBytes: 2_000n, usedCpuMillicores: 100, usedCpuMs: 6_500n },
  });
  await Promise.all([lookAfter(130), lookAfter(130)]);
  expect(await hours()).toEqual({ memoryByteSeconds: 250_000, cpuMs: 6_500 });
});

test('an instance that cannot be looked at keeps none of the others', async () => {
  const { engine, environment } = house;
  await house.goLive('app');
  const instance = await engine.db.instance.findFirstOrThrow({ where: { environmentId: environment.id } });
  const others = { id: '019ac000-0000-7000-8000-000000000001', handle: 'lost' };
  await engine.db.instance.create({ data: { ...instance, ...others } });
  const runtime = {
    ...engine.runtime,
    usage: async (handle: string) => {
      if (handle === 'lost') throw new Error('No answer.');
      return { memoryBytes: 7, cpuMs: 3, at: new Date() };
    },
  };
  await sampleUsage({ ...engine, runtime }, never);
  expect(await hours()).toMatchObject({ cpuMs: 3 });
});
