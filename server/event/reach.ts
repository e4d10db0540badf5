import { publicId } from '@apployd/core/id';
import { Prisma, type Event } from '@apployd/prisma/generated/client/client';

/** What is the project's as a whole, and what is the environment's. */
export function whereReached(projectId: string, environmentId: string | null): Prisma.Sql {
  if (environmentId === null) return Prisma.sql`true`;
  return Prisma.sql`("subjectId" IN (${projectId}::uuid, ${environmentId}::uuid)
    OR "data"->>'environmentId' = ${publicId('Environment', environmentId)})`;
}

/** The same, of an event that is there already. */
export function isReached(event: Event, environmentId: string | null): boolean {
  if (environmentId === null || event.subjectId === event.streamId || event.subjectId === environmentId) return true;
  const { environmentId: ofEvent } = event.data as { readonly environmentId?: unknown };
  return ofEvent === publicId('Environment', environmentId);
}
