import type { ExitReason, InstanceExit } from '@apployd/core/instance-exit';
import { mustRead } from '../access/guard-reads.js';
import { builder } from '../builder.js';

const ExitReasonRef = builder.enumType('InstanceExitReason', {
  description: 'Why an instance is over although nobody ended it. New values may appear.',
  values: {
    CRASHED: { description: 'It ended by itself.' },
    OUT_OF_MEMORY: { description: 'It needed more memory than its limit.' },
    UNHEALTHY: { description: 'It failed its health check too often in a row, and was replaced.' },
    NEVER_HEALTHY: { description: 'It was started again, and did not become healthy.' },
    LOST: { description: 'It went with its machine.' },
  } as const satisfies Record<ExitReason, object>,
});

export const InstanceExitRef = builder.objectRef<InstanceExit>('InstanceExit').implement({
  description: 'How an instance ended that nobody had ended.',
  fields: (t) => ({
    at: t.field({ type: 'DateTime', resolve: ({ at }) => new Date(at) }),
    reason: t.field({ type: ExitReasonRef, resolve: ({ reason }) => reason }),
    message: t.exposeString('message', { description: 'The same as a sentence.' }),
    exitCode: t.exposeInt('exitCode', {
      nullable: true,
      description: 'Null where it is not known, or there was none.',
    }),
    outOfMemory: t.boolean({ resolve: ({ reason }) => reason === 'OUT_OF_MEMORY' }),
    lastLines: t.stringList({
      description: 'What it printed last: at most 20 lines, secrets masked. A token needs the scope LOG_READ for them.',
      resolve: ({ lastLines }, _args, context) => {
        mustRead(context, 'LogLine');
        return lastLines;
      },
    }),
  }),
});
