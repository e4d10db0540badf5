import { builder } from '../builder.js';
import type { StreamEnd, StreamGap } from './follow.js';

const GapReason = builder.enumType('GapReason', {
  description: 'Why lines, or events, are missing.',
  values: {
    RETENTION: { description: 'They were too old to be kept.' },
    BACKPRESSURE: { description: 'The reader was too slow.' },
    SOURCE_LOST: { description: 'They never reached the platform.' },
  } as const,
});

export const StreamGapRef = builder.objectRef<StreamGap>('StreamGap').implement({
  description: 'Lines, or events, between two places will never come.',
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

export const StreamEndRef = builder.objectRef<StreamEnd>('StreamEnd').implement({
  description:
    'The last message of a stream. When it is missing the connection broke: subscribe again behind the last cursor.',
  fields: (t) => ({
    endReason: t.field({ type: StreamEndReason, resolve: ({ reason }) => reason }),
    cursor: t.field({ type: 'StreamCursor', resolve: ({ cursor }) => cursor }),
  }),
});
