import { publicId } from '@apployd/core/id';
import { usageSteps, type UsageStep } from '@apployd/core/usage';
import { builder } from '../builder.js';
import { signedIn } from '../context.js';
import { pageSize } from '../cost.js';
import type { InUse } from './in-use.js';
import { type ProjectBytes, type Usage, usageSeries, type UsagePoint } from './usage.js';

const UsageStepRef = builder.enumType('UsageStep', {
  description: 'How usage is looked at over time.',
  values: {
    HOUR: { description: `At most ${usageSteps.HOUR.most} of them.` },
    DAY: { description: `In UTC, at most ${usageSteps.DAY.most} of them.` },
  } as const satisfies Record<UsageStep, object>,
});

const bytesIn = 'Bytes that visitors sent, headers among them.';
const bytesOut = 'Bytes that visitors were sent, headers among them: what counts as bandwidth.';

const UsagePointRef = builder.objectRef<UsagePoint>('UsagePoint').implement({
  description: 'What was used in one hour or day.',
  fields: (t) => ({
    at: t.expose('at', { type: 'DateTime', description: 'Its beginning.' }),
    bytesIn: t.expose('bytesIn', { type: 'SafeInt', description: bytesIn }),
    bytesOut: t.expose('bytesOut', { type: 'SafeInt', description: bytesOut }),
    memoryByteSeconds: t.expose('memoryByteSeconds', {
      type: 'SafeInt',
      description: 'Memory that instances used times how long: a gibibyte for an hour is 3,600 × 2^30.',
    }),
    cpuSeconds: t.float({
      description: 'Time on a core that instances used.',
      resolve: ({ cpuMs }) => cpuMs / 1_000,
    }),
  }),
});

export const InUseRef = builder.objectRef<InUse>('InUse').implement({
  description: 'What the running instances of an environment or a project use, all together.',
  fields: (t) => ({
    memoryBytes: t.expose('memoryBytes', {
      type: 'SafeInt',
      description: 'Without what the kernel keeps of files and would give back at once.',
    }),
    cpuMillicores: t.exposeInt('cpuMillicores', { description: 'Over the last minute.' }),
    at: t.expose('at', { type: 'DateTime', description: 'When it was looked at.' }),
  }),
});

const ProjectUsageRef = builder.objectRef<ProjectBytes>('ProjectUsage').implement({
  description: 'What a project used in the period.',
  fields: (t) => ({
    projectId: t.id({ resolve: ({ projectId }) => publicId('Project', projectId) }),
    bytesIn: t.expose('bytesIn', { type: 'SafeInt', description: bytesIn }),
    bytesOut: t.expose('bytesOut', { type: 'SafeInt', description: bytesOut }),
  }),
});

/** A query of its own for each organization and project. */
export const usageCost = { field: 5 };

export const UsageRef = builder.objectRef<Usage>('Usage').implement({
  description: "What was used in the pool's period until some seconds ago, also by what is deleted since.",
  fields: (t) => ({
    periodStart: t.field({ type: 'DateTime', resolve: ({ period }) => period.start }),
    periodEnd: t.field({
      type: 'DateTime',
      description: 'Then the next one begins, with nothing used.',
      resolve: ({ period }) => period.end,
    }),
    bytesIn: t.expose('bytesIn', { type: 'SafeInt', description: bytesIn }),
    bytesOut: t.expose('bytesOut', { type: 'SafeInt', description: bytesOut }),
    bandwidthBytes: t.expose('bandwidthBytes', {
      type: 'SafeInt',
      nullable: true,
      description: 'How many bytes visitors may be sent in the period: the pool, or the slice. Null without a slice.',
    }),
    projects: t.field({
      type: [ProjectUsageRef],
      description: 'By project, of those that used anything. Of a project itself it is its own.',
      complexity: 1,
      resolve: ({ projects }, _args, context) => {
        const { projectId } = signedIn(context).below.Allocation;
        return projects.filter((project) => projectId === undefined || project.projectId === projectId);
      },
    }),
    series: t.field({
      type: [UsagePointRef],
      args: {
        step: t.arg({ type: UsageStepRef, required: true, defaultValue: 'DAY' }),
        last: t.arg.int({ required: true, defaultValue: 30 }),
      },
      description: 'The last hours or days until now, oldest first, without gaps.',
      complexity: ({ step, last }) => ({
        field: 10 + pageSize({ last }, { most: usageSteps[step].most }) / 10,
        multiplier: 0,
      }),
      resolve: ({ of }, args, context) => usageSeries(context, of, args),
    }),
  }),
});
