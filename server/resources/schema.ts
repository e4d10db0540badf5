import type { ResourceName, Resources } from '@apployd/core/resources';
import { builder } from '../builder.js';

export const ResourceNameRef = builder.enumType('ResourceName', {
  description: 'One of the pooled resources.',
  values: {
    MEMORY: { value: 'memoryBytes', description: 'In bytes.' },
    CPU: { value: 'cpuMillicores', description: 'In thousandths of a core.' },
    BANDWIDTH: { value: 'bandwidthBytesPerMonth', description: 'In bytes a month.' },
  } as const satisfies Record<string, { value: ResourceName; description: string }>,
});

export const ResourcesRef = builder.objectRef<Resources>('Resources').implement({
  description: 'An amount of each of the three pooled resources.',
  fields: (t) => ({
    memoryBytes: t.field({
      type: 'SafeInt',
      description: 'Bytes of RAM; a hard limit.',
      resolve: (own) => own.memoryBytes,
    }),
    cpuMillicores: t.exposeInt('cpuMillicores', { description: 'Thousandths of a core: 1000 is one core.' }),
    bandwidthBytesPerMonth: t.field({
      type: 'SafeInt',
      description: 'Bytes sent to visitors in a calendar month.',
      resolve: (own) => own.bandwidthBytesPerMonth,
    }),
  }),
});

export const ResourcesInput = builder.inputType('ResourcesInput', {
  description: 'An amount of each pooled resource, in the units of Resources.',
  fields: (t) => ({
    memoryBytes: t.field({
      type: 'SafeInt',
      required: true,
      description: 'Bytes: at least 64 MiB, a multiple of 1 MiB.',
    }),
    cpuMillicores: t.int({ required: true, description: 'Thousandths of a core: at least 50.' }),
    bandwidthBytesPerMonth: t.field({ type: 'SafeInt', required: true }),
  }),
});
