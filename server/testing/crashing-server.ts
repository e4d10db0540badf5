import { tmpdir } from 'node:os';
import { folderBlobs } from '@apployd/backplane/blobs/folder';
import { memoryEvents } from '@apployd/backplane/events/memory';
import { memoryLimits } from '@apployd/backplane/limits/memory';
import { silentLogger } from '@apployd/backplane/log/logger';
import { memoryLogs } from '@apployd/backplane/logs/memory';
import { createMetrics } from '@apployd/backplane/metrics/metrics';
import { createDb } from '@apployd/prisma/create-db';
import { createApp } from '../app.js';
import { sealing, testSettings } from './test-server.js';

/** Started by idempotency.test.ts as a process of its own: it dies when a deployment is committed, before it answers. */
const [url = ''] = process.argv.slice(2);
const db = createDb({ url });
const app = createApp({
  payments: null,
  readPaymentEvent: null,
  ...sealing(db),
  db,
  jobs: { ask: async () => void process.kill(process.pid, 'SIGKILL') },
  events: memoryEvents(),
  logs: memoryLogs(),
  blobs: folderBlobs(tmpdir()),
  limits: memoryLimits(),
  log: silentLogger,
  metrics: createMetrics('server'),
  settings: testSettings,
});
process.stdout.write(await app.listen({ host: '127.0.0.1', port: 0 }));
