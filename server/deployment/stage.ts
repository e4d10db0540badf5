import {
  deploymentStages,
  triggersWithoutBuild,
  type DeploymentStageName,
  type DeploymentStageResult,
} from '@apployd/core/deployment';
import type { Deployment, DeploymentStep } from '@apployd/prisma/generated/client/client';
import { builder } from '../builder.js';
import { failureCodeOf, FailureCodeRef } from './failure-code.js';

type Stage = Omit<DeploymentStep, 'deploymentId' | 'organizationId' | 'startedAt'> & {
  readonly startedAt: Date | null;
};

export const DeploymentStageNameRef = builder.enumType('DeploymentStageName', {
  description: 'The stages of a deployment, in order; not every source passes each.',
  values: deploymentStages,
});

const DeploymentStageResultRef = builder.enumType('DeploymentStageResult', {
  description: 'What came of a stage.',
  values: {
    SUCCEEDED: {},
    REUSED: { description: 'There was nothing to do: what an earlier deployment has left is used.' },
    FAILED: { description: 'And the deployment with it.' },
    CANCELED: { description: 'Somebody asked for it.' },
    SUPERSEDED: { description: 'A newer deployment came.' },
    INTERRUPTED: { description: 'By no fault of yours; it is tried again.' },
  } as const satisfies Record<DeploymentStageResult, object>,
});

const DeploymentStageReasonRef = builder
  .objectRef<Stage & { readonly reason: string }>('DeploymentStageReason')
  .implement({
    description: 'Why a stage has the result that it has.',
    fields: (t) => ({
      code: t.field({
        type: FailureCodeRef,
        nullable: true,
        description: 'Null where no failure led to it.',
        resolve: ({ reasonCode }) => failureCodeOf(reasonCode),
      }),
      message: t.exposeString('reason', { description: 'A sentence; of a failure one that says what to do.' }),
    }),
  });

export const DeploymentStageRef = builder.objectRef<Stage>('DeploymentStage').implement({
  description: 'When a deployment entered and left a stage, and what came of it; null times were not reached.',
  fields: (t) => ({
    name: t.field({ type: DeploymentStageNameRef, resolve: ({ name }) => name }),
    startedAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'Of several attempts the last.',
      resolve: ({ startedAt }) => startedAt,
    }),
    finishedAt: t.field({ type: 'DateTime', nullable: true, resolve: ({ finishedAt }) => finishedAt }),
    result: t.field({
      type: DeploymentStageResultRef,
      nullable: true,
      description: 'Null while it is at work, and before it was reached.',
      resolve: ({ result }) => result,
    }),
    reason: t.field({
      type: DeploymentStageReasonRef,
      nullable: true,
      description: 'Null where the result says it all.',
      // Columns of the stage itself.
      complexity: 0,
      resolve: (stage) => (stage.reason === null ? null : { ...stage, reason: stage.reason }),
    }),
    attempts: t.exposeInt('attempts', {
      description: 'How often it was begun: more than once after the platform was interrupted, 0 where it was not.',
    }),
  }),
});

type Row = Pick<Deployment, 'trigger' | 'status' | 'failureCode' | 'failureMessage' | 'failureStage'>;

/** RELEASE and ROLLOUT only where they were passed: not every release has them. What has a release already fetches nothing. */
export function stagesOf({ steps, ...row }: Row & { readonly steps: readonly DeploymentStep[] }): Stage[] {
  const isBuilt = triggersWithoutBuild.includes(row.trigger);
  return deploymentStages
    .filter((name) => !isBuilt || name !== 'FETCH')
    .filter((name) => !isPassedOrNot.includes(name) || steps.some((step) => step.name === name))
    .map((name) => steps.find((step) => step.name === name) ?? withoutStep(name, row, isBuilt));
}

const isPassedOrNot: readonly DeploymentStageName[] = ['RELEASE', 'ROLLOUT'];

const unreached = { startedAt: null, finishedAt: null, result: null, reasonCode: null, reason: null, attempts: 0 };

/** Before it began it can have failed, too: for want of what it needs. */
function withoutStep(name: DeploymentStageName, row: Row, isBuilt: boolean): Stage {
  if (name === 'BUILD' && isBuilt) return { ...unreached, name, result: 'REUSED', reason: kept };
  if (row.status !== 'FAILED' || row.failureStage !== name) return { ...unreached, name };
  return { ...unreached, name, result: 'FAILED', reasonCode: row.failureCode, reason: row.failureMessage };
}

const kept = 'The release of an earlier deployment is used: nothing is built.';
