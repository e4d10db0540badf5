import { silentLogger } from '@apployd/backplane/log/logger';
import { expect, test } from 'vitest';
import { readTraffic, tidyTraffic } from './read-traffic.js';

const line = '1764230000.000 1 10 app.test one';

test('a log that fails halfway tells nothing, so that nothing of it is counted twice', async () => {
  let isBroken = true;
  const read = readTraffic(
    {
      read: async (after, take) => {
        take([line]);
        if (isBroken) throw new Error('EIO');
        return { ...after, log: 30 };
      },
    },
    silentLogger,
  );
  expect(await read({ log: 5 })).toEqual({ samples: [], mark: { log: 5 } });
  isBroken = false;
  expect(await read({ log: 5 })).toMatchObject({ samples: [{ requests: 1, bytesOut: 10 }], mark: { log: 30 } });
});

test('a log that cannot be put aside holds nobody up, and is said once as long as it lasts', async () => {
  const said: unknown[] = [];
  const log = { ...silentLogger, error: (...words: unknown[]) => void said.push(words) } as typeof silentLogger;
  let isBroken = true;
  const tidy = tidyTraffic({ tidy: async () => (isBroken ? Promise.reject(new Error('EROFS')) : undefined) }, log);
  await tidy({});
  await tidy({});
  expect(said).toHaveLength(1);
  isBroken = false;
  await tidy({});
  isBroken = true;
  await tidy({});
  expect(said).toHaveLength(2);
});
