import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withoutRedis } from '@apployd/backplane/testing/test-redis';
import { fewPoints } from './points.js';
import { rehearse } from './rehearse.js';
import { aScene, type Scene } from './a-scene.js';

describe.skipIf(withoutRedis(process.env))('a deployment during which something is killed', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await aScene('process');
  }, 180_000);
  afterAll(() => scene?.close(), 60_000);

  test.each(fewPoints)(
    '$victim at $moment: it goes live once, visitors and its client miss nothing, and nothing is left over',
    { timeout: 300_000 },
    async (point) => {
      const { problems, visits } = await rehearse(scene, point);
      expect(problems).toEqual([]);
      expect(visits.answered).toBeGreaterThan(0);
    },
  );
});
