import { failures, type FailureCode } from '@apployd/core/failure';
import type { Deployment } from '@apployd/prisma/generated/client/client';
import { builder } from '../builder.js';
import { failureCodeOf, FailureCodeRef } from './failure-code.js';
import { DeploymentStageNameRef } from './stage.js';

/** The failed row itself: its own columns say it all. */
type FailedRow = Pick<
  Deployment,
  'failureCode' | 'failureMessage' | 'failureStage' | 'failureExitCode' | 'failureLogSequence'
>;

export const DeploymentFailureRef = builder.objectRef<FailedRow>('DeploymentFailure').implement({
  description: 'Why a deployment FAILED, and where to look.',
  fields: (t) => ({
    code: t.field({ type: FailureCodeRef, resolve: codeOf }),
    message: t.string({
      description: 'A sentence that says what to do.',
      resolve: ({ failureMessage }) => failureMessage ?? '',
    }),
    stage: t.field({ type: DeploymentStageNameRef, resolve: ({ failureStage }) => failureStage ?? 'QUEUE' }),
    exitCode: t.exposeInt('failureExitCode', {
      nullable: true,
      description: 'Of the build or the app, where it exited.',
    }),
    userFixable: t.boolean({
      description: 'The code, its settings or its repository must change, rather than the platform.',
      resolve: (row) => failures[codeOf(row)].userFixable,
    }),
    logCursor: t.field({
      type: 'StreamCursor',
      nullable: true,
      description: 'The end of the build log when it failed: page backward from here with `before`.',
      resolve: ({ failureLogSequence }) => failureLogSequence,
    }),
  }),
});

export function failureOf(row: FailedRow & Pick<Deployment, 'status'>): FailedRow | null {
  return row.status === 'FAILED' ? row : null;
}

function codeOf({ failureCode }: FailedRow): FailureCode {
  return failureCodeOf(failureCode) ?? 'INTERNAL';
}
