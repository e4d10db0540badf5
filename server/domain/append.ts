import { publicId } from '@apployd/core/id';
import { appendEvent } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';

type Where = {
  readonly on: { readonly organizationId: string; readonly projectId: string; readonly environmentId: string };
  readonly domainId: string;
  readonly name: string;
  readonly actorId: string;
};

/** What became of a domain of the environment, for whoever follows the project. */
export function append(tx: Transaction, type: string, { on, domainId, name, actorId }: Where): Promise<bigint> {
  const { organizationId, projectId: streamId, environmentId } = on;
  const data = { name, domainId: publicId('Domain', domainId) };
  return appendEvent(tx, { organizationId, streamId, kind: 'PROJECT', type, subjectId: environmentId, actorId, data });
}
