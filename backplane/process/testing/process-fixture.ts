import { createServer } from 'node:http';
import { once } from 'node:events';
import { z } from 'zod';
import { runProcess } from '../run-process.js';

const settings = z.object({
  PORT: z.coerce.number(),
  APPLOYD_SECRET: z.string().min(32),
  CLOSE: z.enum(['well', 'never']).default('well'),
  LOG_LEVEL: z.literal('info').default('info'),
  LOG_FORMAT: z.literal('json').default('json'),
});

/** A small process for the tests of runProcess. */
await runProcess('fixture', {
  readConfig: () => settings.parse(process.env),
  start: async (config, log) => {
    log.info(`started with ${config.APPLOYD_SECRET}`);
    const server = createServer().listen(config.PORT, '127.0.0.1');
    await once(server, 'listening');
    return {
      url: `http://127.0.0.1:${config.PORT}`,
      close: async () => {
        log.info('closed');
        if (config.CLOSE === 'never') await new Promise(() => undefined);
      },
    };
  },
  closeTimeoutMs: 200,
});
