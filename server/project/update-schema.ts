import {
  ConflictError,
  ForbiddenError,
  IdempotencyError,
  InvalidStateError,
  NotFoundError,
  ValidationError,
} from '@apployd/core/refusal';
import { builder } from '../builder.js';
import { ProjectSettingsInput } from './create-schema.js';
import { updateProject } from './update.js';

const ProjectUpdateInput = builder.inputType('ProjectUpdateInput', {
  description: 'Input of projectUpdate. What is absent stays as it is.',
  fields: (t) => ({
    projectId: t.id({ required: true }),
    name: t.string({ description: '1 to 100 characters.' }),
    slug: t.string({ description: 'Its addresses stay as they are.' }),
    repositoryUrl: t.string({ description: 'Null detaches it.' }),
    defaultBranch: t.string({ description: 'Null: what the repository says.' }),
    settings: t.field({ type: ProjectSettingsInput, description: 'Take effect with the next deployment.' }),
    expectedVersion: t.int({ description: 'Refuses with ConflictError when the project has another version by now.' }),
    expectedSettingsVersion: t.int({ description: 'The same for settingsVersion.' }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
  }),
});

type Changed = { readonly projectId: string; readonly replayed: boolean };

const ProjectUpdatePayload = builder.objectRef<Changed>('ProjectUpdatePayload').implement({
  description: 'Success of projectUpdate.',
  fields: (t) => ({
    project: t.prismaField({
      type: 'Project',
      resolve: (query, { projectId }, _args, { db }) =>
        db.project.findUniqueOrThrow({ ...query, where: { id: projectId } }),
    }),
    replayed: t.exposeBoolean('replayed', { description: 'An earlier call with the same idempotency key did it.' }),
  }),
});

builder.mutationField('projectUpdate', (t) =>
  t.field({
    type: ProjectUpdatePayload,
    nullable: true,
    description: 'Changes what is named of a project. Settings are versioned: see settingsHistory.',
    args: { input: t.arg({ type: ProjectUpdateInput, required: true }) },
    errors: {
      types: [ValidationError, NotFoundError, ForbiddenError, ConflictError, InvalidStateError, IdempotencyError],
    },
    resolve: (_root, { input }, context) => updateProject(context, input),
  }),
);
