import type { ResizeWay } from '@apployd/core/resize';
import type { Resize } from '../allocation/fit-instances.js';
import { reachedEnvironment } from '../access/reached-environment.js';
import { builder } from '../builder.js';
import { signedIn, type Context } from '../context.js';

const ResizeWayRef = builder.enumType('ResizeWay', {
  description: 'How running instances come to new limits, or to another number.',
  values: {
    LIVE: { description: 'In place: nothing is started again.' },
    LIVE_OR_REPLACE: { description: 'In place if they use little enough by then, else as REPLACE.' },
    REPLACE: { description: 'New instances are started beside the old ones, found healthy, and given the visitors.' },
  } as const satisfies Record<ResizeWay, object>,
});

/** What is told of them: to a token of one environment nothing of the others. */
export function reachedResizes(context: Context, resizes: readonly Resize[]): Resize[] {
  const own = reachedEnvironment(signedIn(context));
  return resizes.filter(({ environmentId }) => own === null || environmentId === own);
}

export const EnvironmentResizeRef = builder.objectRef<Resize>('EnvironmentResize').implement({
  description:
    'What a change means for the instances that run in an environment. Its `environment.resized` event tells how it went.',
  fields: (t) => ({
    environment: t.prismaField({
      type: 'Environment',
      resolve: (query, { environmentId }, _args, { db }) =>
        db.environment.findUniqueOrThrow({ ...query, where: { id: environmentId } }),
    }),
    how: t.field({ type: ResizeWayRef, resolve: ({ how }) => how }),
  }),
});
