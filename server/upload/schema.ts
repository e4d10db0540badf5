import {
  ForbiddenError,
  IdempotencyError,
  InvalidStateError,
  NotFoundError,
  ValidationError,
} from '@apployd/core/refusal';
import { builder } from '../builder.js';
import { createUpload } from './create.js';

const SourceUploadCreateInput = builder.inputType('SourceUploadCreateInput', {
  description: 'Input of sourceUploadCreate.',
  fields: (t) => ({
    projectId: t.id({ required: true }),
    sha256: t.string({ required: true, description: 'Of the tar.gz, as 64 hexadecimal digits in lower case.' }),
    sizeBytes: t.field({ type: 'SafeInt', required: true, description: 'Of the tar.gz; at most 100 MiB.' }),
    idempotencyKey: t.field({ type: 'IdempotencyKey' }),
  }),
});

const SourceUploadCreatePayload = builder
  .objectRef<Awaited<ReturnType<typeof createUpload>>>('SourceUploadCreatePayload')
  .implement({
    description: 'Success of sourceUploadCreate.',
    fields: (t) => ({
      uploadId: t.exposeID('uploadId', { description: 'Give it as source.uploadId of deploymentCreate.' }),
      uploadUrl: t.exposeString('uploadUrl', { description: 'PUT the tar.gz here, with the same Authorization.' }),
      stored: t.exposeBoolean('stored', { description: 'The same archive is here already: nothing need be sent.' }),
      expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'Until then the archive is taken.' }),
      replayed: t.exposeBoolean('replayed', { description: 'An earlier call with the same idempotency key did it.' }),
    }),
  });

builder.mutationField('sourceUploadCreate', (t) =>
  t.field({
    type: SourceUploadCreatePayload,
    nullable: true,
    description: 'Opens a place to which a folder is sent as a tar.gz.',
    args: { input: t.arg({ type: SourceUploadCreateInput, required: true }) },
    errors: { types: [ValidationError, NotFoundError, ForbiddenError, InvalidStateError, IdempotencyError] },
    resolve: (_root, { input }, context) => createUpload(context, input),
  }),
);
