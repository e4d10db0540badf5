import type { LogBatch } from '@apployd/backplane/logs/logs';
import { publicId } from '@apployd/core/id';
import { levelOf, type LogLevel } from '@apployd/core/log-level';
import type { LogLine } from '@apployd/core/log-line';
import { builder } from '../builder.js';
import { StreamEndRef, StreamGapRef } from '../stream/schema.js';
import { followBuildLog } from './follow-build-log.js';
import { followRuntimeLog } from './follow-runtime-log.js';
import type { LogEvent } from './follow.js';

const LogSource = builder.enumType('LogSource', {
  description: 'Where a line came from.',
  values: {
    BUILD: {},
    STDOUT: {},
    STDERR: {},
    PLATFORM: { description: 'Said by the platform, not by the app.' },
  } as const,
});

export const LogLevelRef = builder.enumType('LogLevel', {
  description: 'How a line is meant, by what it says of itself.',
  values: { ERROR: {}, WARN: {}, INFO: { description: 'Anything else.' } } as const satisfies Record<LogLevel, object>,
});

export const LogLineRef = builder.objectRef<LogLine>('LogLine').implement({
  description: 'One line of output.',
  fields: (t) => ({
    sequence: t.field({
      type: 'SafeInt',
      description: '1, 2, 3 … without holes, in the build of one deployment or the output of one environment.',
      resolve: ({ sequence }) => sequence,
    }),
    cursor: t.field({ type: 'StreamCursor', resolve: ({ sequence }) => sequence }),
    at: t.field({ type: 'DateTime', resolve: ({ at }) => at }),
    source: t.field({ type: LogSource, resolve: ({ source }) => source }),
    level: t.field({ type: LogLevelRef, resolve: ({ message }) => levelOf(message) }),
    message: t.exposeString('message', { description: 'UTF-8 of at most 16 KiB.' }),
    truncated: t.exposeBoolean('truncated', { description: 'The line was longer than that and was cut.' }),
    deploymentId: t.id({ resolve: ({ deploymentId }) => publicId('Deployment', deploymentId) }),
  }),
});

export const LogLineConnection = builder.connectionObject(
  { type: LogLineRef, name: 'LogLineConnection', description: 'A page of LogLine.' },
  { name: 'LogLineEdge', description: 'A LogLine on a page.' },
);

const LogBatchRef = builder.objectRef<LogBatch>('LogBatch').implement({
  description: 'Lines in order: at most 500, or 256 KiB.',
  fields: (t) => ({
    lines: t.field({ type: [LogLineRef], resolve: ({ lines }) => [...lines] }),
    cursor: t.field({
      type: 'StreamCursor',
      description: 'Pass it as `after` to go on behind these.',
      resolve: ({ cursor }) => cursor,
    }),
  }),
});

const names = { batch: 'LogBatch', gap: 'StreamGap', end: 'StreamEnd' } as const;

const LogEventRef = builder.unionType('LogEvent', {
  description: 'What a log subscription says.',
  types: [LogBatchRef, StreamGapRef, StreamEndRef],
  resolveType: (event) => names[(event as LogEvent).kind],
});

builder.subscriptionField('buildLogs', (t) =>
  t.field({
    type: LogEventRef,
    nullable: true,
    description:
      'The build log behind `after` (all of it when absent), then live; its last message is a StreamEnd. A single null when there is no such deployment.',
    args: { deploymentId: t.arg.id({ required: true }), after: t.arg({ type: 'StreamCursor' }) },
    subscribe: (_root, args, context) => followBuildLog(context, args),
    resolve: (event) => event,
  }),
);

builder.subscriptionField('environmentLogs', (t) =>
  t.field({
    type: LogEventRef,
    nullable: true,
    description:
      "Output of the environment's instances behind `after` (all that is kept when absent), then live. A single null when there is no such environment.",
    args: { environmentId: t.arg.id({ required: true }), after: t.arg({ type: 'StreamCursor' }) },
    subscribe: (_root, args, context) => followRuntimeLog(context, args),
    resolve: (event) => event,
  }),
);
