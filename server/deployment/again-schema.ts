import {
  ForbiddenError,
  IdempotencyError,
  InvalidStateError,
  NotFoundError,
  QuotaExceededError,
} from '@apployd/core/refusal';
import { builder } from '../builder.js';
import { promote } from './promote.js';
import { queuedPayload, supersede } from './queued-payload.js';
import { redeploy } from './redeploy.js';

const errors = { types: [NotFoundError, ForbiddenError, InvalidStateError, QuotaExceededError, IdempotencyError] };

const DeploymentRedeployInput = builder.inputType('DeploymentRedeployInput', {
  description: 'Input of deploymentRedeploy.',
  fields: (t) => ({
    deploymentId: t.id({ required: true, description: 'Of any status.' }),
    supersede: t.boolean({ description: supersede }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
  }),
});

builder.mutationField('deploymentRedeploy', (t) =>
  t.field({
    type: queuedPayload('DeploymentRedeployPayload', 'deploymentRedeploy'),
    nullable: true,
    description:
      'Queues a deployment of the same commit or upload, built with the settings and the variables of now; where nothing of that has changed its image is used again. For the same release again there are environmentRestart and deploymentRollback.',
    args: { input: t.arg({ type: DeploymentRedeployInput, required: true }) },
    errors,
    resolve: (_root, { input }, context) => redeploy(context, input),
  }),
);

const DeploymentPromoteInput = builder.inputType('DeploymentPromoteInput', {
  description: 'Input of deploymentPromote.',
  fields: (t) => ({
    deploymentId: t.id({ required: true, description: 'One that went live, and whose release is kept.' }),
    environmentId: t.id({ required: true, description: 'Another environment of the same project.' }),
    supersede: t.boolean({ description: supersede }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
  }),
});

builder.mutationField('deploymentPromote', (t) =>
  t.field({
    type: queuedPayload('DeploymentPromotePayload', 'deploymentPromote'),
    nullable: true,
    description:
      'Queues a deployment that brings the release of another environment live here: the same image, no build, with the variables of this environment. What was built into the image stays as it was.',
    args: { input: t.arg({ type: DeploymentPromoteInput, required: true }) },
    errors,
    resolve: (_root, { input }, context) => promote(context, input),
  }),
);
