import { builder } from '../builder.js';

const EnvironmentResourcesVersion = builder.prismaObject('EnvironmentResourcesVersion', {
  description: 'What was chosen for the instances of an environment with one of its versions.',
  fields: (t) => ({
    version: t.exposeInt('version', { description: 'That of the environment, from which on it counts.' }),
    instances: t.exposeInt('instances', { description: 'How many were to run.' }),
    memoryBytes: t.field({
      type: 'SafeInt',
      nullable: true,
      description: 'Of one instance; null: the slice was shared among them.',
      resolve: ({ memoryBytes }) => memoryBytes,
    }),
    cpuMillicores: t.exposeInt('cpuMillicores', { nullable: true, description: 'As memoryBytes.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    createdBy: t.relation('createdBy', {
      nullable: true,
      description: 'Null when the person is gone, and for what was chosen before it was written down.',
    }),
  }),
});

export const EnvironmentResourcesVersionConnection = builder.connectionObject(
  {
    type: EnvironmentResourcesVersion,
    name: 'EnvironmentResourcesVersionConnection',
    description: 'A page of EnvironmentResourcesVersion.',
  },
  { name: 'EnvironmentResourcesVersionEdge', description: 'An EnvironmentResourcesVersion on a page.' },
);
