import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { builderConformance } from './builder.conformance.js';
import { recordingLog } from '../source/recording-log.js';
import { fakeBuilder } from './fake.js';

const builder = fakeBuilder(async (request, log, signal) => {
  const does = await readFile(join(request.tree.root, 'does'), 'utf8');
  log.line('first line');
  log.line(`VALUE=${Buffer.from(request.buildVariables['VALUE'] ?? '').toString('base64')}`);
  if (does === 'hangs') {
    await new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason as Error));
      log.line('hanging');
    });
  }
  return does === 'fails' ? 3 : 0;
});

builderConformance('fake', () => ({
  builder,
  leftovers: async ({ deploymentId }) => ((await builder.has(`fake:${deploymentId}`)) ? ['image'] : []),
  kill: async (request) => {
    const controller = new AbortController();
    const log = recordingLog();
    const building = builder.build(request, log, controller.signal).catch(() => undefined);
    await log.saw('hanging');
    controller.abort();
    await building;
  },
}));
