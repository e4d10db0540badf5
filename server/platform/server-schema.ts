import { publicId } from '@apployd/core/id';
import { builder } from '../builder.js';
import type { ServerSeen } from './servers.js';

const bytes = 'Bytes.';

export const ServerRef = builder.objectRef<ServerSeen>('Server').implement({
  description: 'A machine on which apps run, as its engine has told of it.',
  fields: (t) => ({
    id: t.id({ resolve: ({ id }) => publicId('Server', id) }),
    name: t.exposeString('name', { description: 'Its `ENGINE_SERVER_NAME`.' }),
    region: t.exposeString('region'),
    runtime: t.exposeString('runtime', { description: 'What apps run in: `docker` or `process`.' }),
    isReachable: t.exposeBoolean('isReachable', {
      description:
        'Its engine was heard of within the last 30 seconds. What runs on one that is silent may still serve; nothing is deployed, woken or mended there.',
    }),
    lastHeartbeatAt: t.expose('lastHeartbeatAt', { type: 'DateTime' }),
    memoryBytes: t.expose('memoryBytes', { type: 'SafeInt', description: `${bytes} All that the machine has.` }),
    cpuMillicores: t.exposeInt('cpuMillicores', { description: 'Thousandths of a core. All that the machine has.' }),
    allocatedMemoryBytes: t.expose('allocatedMemoryBytes', {
      type: 'SafeInt',
      description: `${bytes} The limits of all that runs there, also beside what it replaces or in light sleep.`,
    }),
    allocatedCpuMillicores: t.exposeInt('allocatedCpuMillicores', {
      description: 'Thousandths of a core. The limits of all that runs there.',
    }),
    usedMemoryBytes: t.expose('usedMemoryBytes', {
      type: 'SafeInt',
      nullable: true,
      description: `${bytes} What runs there used when it was looked at within the last three minutes. Null: nothing was.`,
    }),
    instanceCount: t.exposeInt('instances', { description: 'Instances that run there, or are in light sleep.' }),
    asleepCount: t.exposeInt('asleep', {
      description: 'Instances in deep sleep: they use nothing until they are woken.',
    }),
    slotCount: t.exposeInt('slots', { description: 'Deployments that its engine works on at once.' }),
    deployingCount: t.exposeInt('deploying', { description: 'Deployments that it works on now.' }),
  }),
});
