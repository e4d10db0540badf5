import { deploymentStages, triggersWithoutBuild, type DeploymentStageName } from '@apployd/core/deployment';
import type { Deployment, DeploymentStep } from '@apployd/prisma/generated/client/client';
import { builder } from '../builder.js';

type Stage = { readonly name: DeploymentStageName; readonly startedAt: Date | null; readonly finishedAt: Date | null };

export const DeploymentStageNameRef = builder.enumType('DeploymentStageName', {
  description: 'The stages of a deployment, in order; not every source passes each.',
  values: deploymentStages,
});

export const DeploymentStageRef = builder.objectRef<Stage>('DeploymentStage').implement({
  description: 'When a deployment entered and left a stage; null times were not reached.',
  fields: (t) => ({
    name: t.field({ type: DeploymentStageNameRef, resolve: ({ name }) => name }),
    startedAt: t.field({ type: 'DateTime', nullable: true, resolve: ({ startedAt }) => startedAt }),
    finishedAt: t.field({ type: 'DateTime', nullable: true, resolve: ({ finishedAt }) => finishedAt }),
  }),
});

/** RELEASE only where it was passed: not every release has a command, or has one to run still. */
export function stagesOf({
  trigger,
  steps,
}: Pick<Deployment, 'trigger'> & { readonly steps: readonly DeploymentStep[] }): Stage[] {
  return deploymentStages
    .filter((name) => !triggersWithoutBuild.includes(trigger) || (name !== 'FETCH' && name !== 'BUILD'))
    .filter((name) => name !== 'RELEASE' || steps.some((step) => step.name === name))
    .map((name) => steps.find((step) => step.name === name) ?? { name, startedAt: null, finishedAt: null });
}
