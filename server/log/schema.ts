import type { LogBatch, LogGap } from '@apployd/backplane/logs/logs';
import { publicId } from '@apployd/core/id';
import type { LogLine } from '@apployd/core/log-line';
import { builder } from '../builder.js';
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

const GapReason = builder.enumType('GapReason', {
  description: 'Why lines are missing.',
  values: {
    RETENTION: { description: 'They were too old to be kept.' },
    BACKPRESSURE: { description: 'The reader was too slow.' },
    SOURCE_LOST: { description: 'They never reached the platform.' },
  } as const,
});

const StreamGapRef = builder.objectRef<LogGap>('StreamGap').implement({
  description: 'Lines between two places will never come.',
  fields: (t) => ({
    gapReason: t.field({ type: GapReason, resolve: ({ reason }) => reason }),
    lost: t.field({
      type: 'SafeInt',
      nullable: true,
      description: 'How many, where that is known.',
      resolve: ({ lost }) => lost,
    }),
    from: t.field({ type: 'StreamCursor', nullable: true, resolve: ({ from }) => from }),
    cursor: t.field({
      type: 'StreamCursor',
      description: 'Where the stream goes on.',
      resolve: ({ cursor }) => cursor,
    }),
  }),
});

const StreamEndReason = builder.enumType('StreamEndReason', {
  description: 'Why a stream ended in good order.',
  values: {
    SOURCE_ENDED: { description: 'Nothing more will ever be written.' },
    ACCESS_REVOKED: { description: 'You may not read it any more.' },
    SERVER_DRAIN: { description: 'This server stops: subscribe again behind the cursor.' },
  } as const,
});

const StreamEndRef = builder.objectRef<LogEvent & { kind: 'end' }>('StreamEnd').implement({
  description:
    'The last message of a stream. When it is missing the connection broke: subscribe again behind the last cursor.',
  fields: (t) => ({
    endReason: t.field({ type: StreamEndReason, resolve: ({ reason }) => reason }),
    cursor: t.field({ type: 'StreamCursor', resolve: ({ cursor }) => cursor }),
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
