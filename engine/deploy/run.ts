import type { LogWriter } from '@apployd/backplane/logs/log-writer';
import type { OpenVariables } from '../variable/open-variables.js';
import type { Prisma } from '@apployd/prisma/generated/client/client';

/** What a run reads of its deployment. */
export const runInclude = {
  project: true,
  release: true,
  upload: true,
  environment: true,
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

/** Somebody asked for the deployment to be cancelled. */
export class Canceled extends Error {
  override readonly name = 'Canceled';
}
