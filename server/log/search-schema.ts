import type { LogSearchPage } from '@apployd/backplane/logs/logs';
import { buildLogOf, runtimeLogOf } from '@apployd/core/log-line';
import { builder } from '../builder.js';
import { logSearchCost } from '../cost.js';
import { DeploymentNode } from '../deployment/schema.js';
import { EnvironmentNode } from '../environment/schema.js';
import { LogLevelRef, LogLineRef } from './schema.js';
import { maxTextLength, searchLog } from './search.js';

const LogFilterRef = builder.inputType('LogFilter', {
  description: 'Which lines are wanted. All that is given has to hold.',
  fields: (t) => ({
    text: t.string({
      description: `Found literally, whatever its case, in what a terminal would show: at most ${maxTextLength} characters.`,
    }),
    levels: t.field({ type: [LogLevelRef], description: 'Lines of any of these.' }),
    deploymentId: t.id({ description: 'Lines of this deployment alone.' }),
    since: t.field({ type: 'DateTime', description: 'At that moment or later.' }),
    until: t.field({ type: 'DateTime', description: 'Before that moment.' }),
  }),
});

const LogSearchRef = builder.objectRef<LogSearchPage>('LogSearch').implement({
  description: 'What was found, and how much was searched for it.',
  fields: (t) => ({
    lines: t.field({ type: [LogLineRef], description: 'In order.', resolve: ({ lines }) => [...lines] }),
    stoppedAt: t.field({
      type: 'StreamCursor',
      description: 'Go on from here: pass it as `before` where the search went backward, else as `after`.',
      resolve: ({ stoppedAt }) => stoppedAt,
    }),
    isComplete: t.exposeBoolean('isComplete', {
      description:
        'Nothing is left to be searched in this direction. Else the page was full, or as much was searched as one request may.',
    }),
    scannedLines: t.field({ type: 'SafeInt', resolve: ({ scanned }) => scanned.lines }),
    scannedBytes: t.field({ type: 'SafeInt', resolve: ({ scanned }) => scanned.bytes }),
  }),
});

const description =
  'Looks for lines, the newest first: 100 when no size is given, with `first` and `after` from the beginning on. A request searches a bounded part and says where it stopped.';

const args = builder.args((t) => ({
  filter: t.field({ type: LogFilterRef }),
  first: t.int(),
  after: t.field({ type: 'StreamCursor' }),
  last: t.int(),
  before: t.field({ type: 'StreamCursor' }),
}));

builder.prismaObjectField(EnvironmentNode, 'logSearch', (t) =>
  t.field({
    type: LogSearchRef,
    args,
    description,
    complexity: logSearchCost,
    resolve: ({ id }, asked, { logs }) => searchLog(logs, runtimeLogOf(id), asked),
  }),
);

builder.prismaObjectField(DeploymentNode, 'logSearch', (t) =>
  t.field({
    type: LogSearchRef,
    args,
    description,
    complexity: logSearchCost,
    resolve: ({ id }, asked, { logs }) => searchLog(logs, buildLogOf(id), asked),
  }),
);
