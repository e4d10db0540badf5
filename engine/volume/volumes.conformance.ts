import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newId } from '@apployd/core/id';
import type { Volumes } from './volumes.js';

type Setup = {
  create(): Volumes;
  /** Writes into a volume, and reads it, as an instance would; null where nothing is. */
  write(id: string, text: string): Promise<void>;
  read(id: string): Promise<string | null>;
  tearDown(): Promise<void>;
};

/** What every kind of volumes promises. */
export function volumesConformance(name: string, setUp: () => Promise<Setup>): void {
  describe(`${name} volumes`, () => {
    let setup: Setup;
    beforeAll(async () => {
      setup = await setUp();
    });
    afterAll(() => setup.tearDown());

    const owner = () => ({ id: newId(), organizationId: newId(), projectId: newId(), environmentId: newId() });

    test('what is there keeps its content when it is made again, also by another engine, until it is removed', async () => {
      const [volume, other] = [owner(), owner()];
      for (const one of [volume, other]) {
        await setup.create().ensure(one);
        await setup.write(one.id, 'kept');
      }
      await setup.create().ensure(volume);
      expect(await setup.read(volume.id)).toBe('kept');
      await setup.create().remove(volume.id);
      await setup.create().remove(volume.id);
      await setup.create().ensure(volume);
      expect([await setup.read(volume.id), await setup.read(other.id)]).toEqual([null, 'kept']);
      for (const { id } of [volume, other]) await setup.create().remove(id);
    });
  });
}
