import type { LogWriter } from '@apployd/backplane/logs/log-writer';
import type { OpenVariables } from '../variable/open-variables.js';
import type { Deployment, Prisma } from '@apployd/prisma/generated/client/client';

/** What a run reads of its deployment. */
export const runInclude = {
  project: true,
  release: true,
  upload: true,
  environment: true,
  rollout: true,
} as const satisfies Prisma.DeploymentInclude;

export type RunRow = Prisma.DeploymentGetPayload<{ include: typeof runInclude }>;

/** One deployment at work: its row as it was claimed, the fencing number of the claim, and its build log. */
export type Run = {
  readonly deployment: RunRow;
  readonly fence: bigint;
  readonly log: LogWriter;
  readonly variables: OpenVariables;
};

/** Another worker, a cancellation or a newer deployment went ahead: stop quietly, the row already says so. */
export class Overtaken extends Error {
  override readonly name = 'Overtaken';
}

/** The deployment is asked to end: by somebody, or by a newer one that made it pointless. */
export class AskedToEnd extends Error {
  override readonly name = 'AskedToEnd';
  readonly as: 'CANCELED' | 'SUPERSEDED';
  constructor(as: AskedToEnd['as']) {
    super(as);
    this.as = as;
  }
}

/** What a row says of it: as what it is to end, null when it is to go on. Of two wishes that of a person counts. */
export function endAsked(row: Pick<Deployment, 'cancelRequestedAt' | 'supersededById'>): AskedToEnd | null {
  if (row.cancelRequestedAt) return new AskedToEnd('CANCELED');
  return row.supersededById === null ? null : new AskedToEnd('SUPERSEDED');
}
