import { environmentUrl } from '@apployd/core/hostname';
import { idOf } from '@apployd/core/id';
import { builder } from '../builder.js';
import { signedIn } from '../context.js';
import { logPageCost } from '../cost.js';
import { DeploymentConnection } from '../deployment/schema.js';
import { runtimeLogPage } from '../log/page.js';
import { LogLineConnection, LogLineRef } from '../log/schema.js';
import { ResourcesRef } from '../resources/schema.js';

const EnvironmentKind = builder.enumType('EnvironmentKind', {
  description: 'What an environment is for.',
  values: { PRODUCTION: {}, STAGING: {}, PREVIEW: { description: 'Goes when its branch goes.' } } as const,
});

const EnvironmentState = builder.enumType('EnvironmentState', {
  description: 'Whether an environment runs.',
  values: {
    RUNNING: {},
    LIGHT_SLEEP: { description: 'Keeps its memory; wakes in tens of milliseconds.' },
    DEEP_SLEEP: { description: 'Has given its memory back.' },
    STOPPED: { description: 'Nothing runs, or nothing was deployed yet.' },
  } as const,
});

const EnvironmentNode = builder.prismaNode('Environment', {
  description: 'One running copy of a project, with its own variables and its own address.',
  id: { field: 'id' },
  fields: (t) => ({
    slug: t.exposeString('slug'),
    kind: t.expose('kind', { type: EnvironmentKind }),
    project: t.relation('project'),
    url: t.string({
      description: 'Where visitors reach the live deployment.',
      resolve: ({ hostname }, _args, { settings }) => environmentUrl(settings.APPLOYD_PUBLIC_URL, hostname),
    }),
    hostname: t.exposeString('hostname', { description: "The platform's own host name for it." }),
    limits: t.field({
      type: ResourcesRef,
      description: 'What one instance may use; all of them fit inside the allocation of the project.',
      select: {
        processes: { where: { name: 'web' }, select: { memoryBytes: true, cpuMillicores: true }, take: 1 },
        project: { select: { allocation: { select: { bandwidthBytesPerMonth: true } } } },
      },
      resolve: ({ processes: [web], project }) => ({
        memoryBytes: Number(web?.memoryBytes ?? 0),
        cpuMillicores: web?.cpuMillicores ?? 0,
        bandwidthBytesPerMonth: Number(project.allocation?.bandwidthBytesPerMonth ?? 0),
      }),
    }),
    desiredState: t.expose('desiredState', { type: EnvironmentState }),
    observedState: t.expose('observedState', { type: EnvironmentState }),
    stateReason: t.exposeString('stateReason', {
      nullable: true,
      description: 'Why the two differ, or why it sleeps.',
    }),
    liveDeployment: t.relation('liveDeployment', { nullable: true, description: 'What takes the traffic.' }),
    variables: t.relation('variables', {
      description: 'By key.',
      query: { where: { untilVersion: null }, orderBy: { key: 'asc' } },
    }),
    variablesVersion: t.exposeInt('variablesVersion', {
      description: 'Goes up with every change of the variables; give it as expectedVersion.',
    }),
    deployments: t.relatedConnection(
      'deployments',
      {
        cursor: 'id',
        description: 'Newest first.',
        query: (_args, context) => ({ where: signedIn(context).below.Deployment, orderBy: { id: 'desc' } }),
      },
      DeploymentConnection,
    ),
    logs: t.connection(
      {
        type: LogLineRef,
        description:
          "Output of the environment's instances in order; with `last` its end. 100 lines when no size is given.",
        complexity: logPageCost,
        resolve: ({ id }, args, { logs }) => runtimeLogPage(logs, id, args),
      },
      LogLineConnection,
    ),
  }),
});

export const EnvironmentConnection = builder.connectionObject(
  { type: EnvironmentNode, name: 'EnvironmentConnection', description: 'A page of Environment.' },
  { name: 'EnvironmentEdge', description: 'An Environment on a page.' },
);

builder.queryField('environment', (t) =>
  t.prismaField({
    type: 'Environment',
    nullable: true,
    args: { id: t.arg.id({ required: true }) },
    description: 'Null when there is none, or when you may not see it.',
    resolve: (query, _root, args, context) => {
      const { sees } = signedIn(context);
      const id = idOf('Environment', args.id);
      return id === null ? null : context.db.environment.findFirst({ ...query, where: { id, ...sees.Environment } });
    },
  }),
);
