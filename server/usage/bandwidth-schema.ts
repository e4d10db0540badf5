import { readBandwidthLimit, type BandwidthReason, type BandwidthRule } from '@apployd/core/bandwidth';
import { builder } from '../builder.js';

export const BandwidthRuleRef = builder.enumType('BandwidthRule', {
  description: 'What becomes of a project that has used its bandwidth, until the month ends or it is given more.',
  values: {
    THROTTLE: { description: 'Its visitors are served slowly.' },
    STOP: { description: 'Its visitors get a page with status 503 that says when it is back.' },
  } as const satisfies Record<BandwidthRule, object>,
});

const BandwidthReasonRef = builder.enumType('BandwidthReason', {
  description: 'Which bandwidth a project has used.',
  values: {
    SLICE: { description: 'That of its slice.' },
    POOL: { description: 'What it may take of the pool: nobody has any left, or it has no slice of it.' },
  } as const satisfies Record<BandwidthReason, object>,
});

export const BandwidthLimitNode = builder.prismaObject('ProjectBandwidthLimit', {
  name: 'BandwidthLimit',
  description: 'How a project that has used its bandwidth is slowed down or stopped. It is never charged for.',
  fields: (t) => ({
    rule: t.field({
      type: BandwidthRuleRef,
      description: "The plan's.",
      resolve: ({ limit }) => readBandwidthLimit(limit)?.rule ?? 'STOP',
    }),
    reason: t.expose('reason', { type: BandwidthReasonRef }),
    bytesPerSecond: t.int({
      nullable: true,
      description:
        'What visitors of an environment are sent at most in a second, all together; null where it is stopped.',
      resolve: ({ limit }) => {
        const read = readBandwidthLimit(limit);
        return read?.rule === 'THROTTLE' ? read.bytesPerSecond : null;
      },
    }),
    since: t.expose('since', { type: 'DateTime' }),
    until: t.expose('until', {
      type: 'DateTime',
      description: 'The end of the month in UTC; sooner once its slice or its plan is larger.',
    }),
  }),
});
