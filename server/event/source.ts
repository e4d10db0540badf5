import type { IdKind } from '@apployd/core/id';
import type { EventStreamKind } from '@apployd/prisma/generated/client/client';
import type { Sight } from '../access/sight.js';
import type { Context } from '../context.js';

/** What has a stream of events, and who may read it. */
type EventSource = {
  readonly idKind: IdKind;
  readonly noun: string;
  /** Null where there is none, or none for these eyes. */
  readonly find: (context: Context, id: string, sight: Sight) => Promise<{ readonly organizationId: string } | null>;
};

export const eventSources: Readonly<Record<EventStreamKind, EventSource>> = {
  PROJECT: {
    idKind: 'Project',
    noun: 'project',
    find: ({ db }, id, { Project }) =>
      db.project.findFirst({ where: { id, ...Project }, select: { organizationId: true } }),
  },
  ORGANIZATION: {
    idKind: 'Organization',
    noun: 'organization',
    find: async ({ db }, id, { OrganizationEvents }) => {
      const found = await db.organization.findFirst({ where: { id, ...OrganizationEvents }, select: { id: true } });
      return found && { organizationId: found.id };
    },
  },
};
