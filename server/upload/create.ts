import { newId, publicId } from '@apployd/core/id';
import type { FieldIssue } from '@apployd/core/refusal';
import { describeBytes, MiB } from '@apployd/core/resources';
import { uploadBlobKey } from '@apployd/core/upload';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Upload } from '@apployd/prisma/generated/client/client';
import { perform } from '../access/perform.js';
import { signedIn, type Context } from '../context.js';
import { lookUpProject } from '../project/look-up.js';
import { lockActive } from '../project/require-active.js';
import { checkInput, formatIssue } from '../validation.js';

export const maxUploadBytes = 100 * MiB;
const openForMs = 24 * 60 * 60 * 1000;

export type SourceUploadCreateInput = {
  readonly projectId: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly idempotencyKey?: string | null;
};

/** A place to put an archive, or the one where the same archive lies already. */
export async function createUpload(context: Context, input: SourceUploadCreateInput) {
  signedIn(context);
  checkInput(issuesOf(input));
  const project = await lookUpProject(context, input.projectId);
  const on = { organizationId: project.organizationId, projectId: project.id };
  const stored = await storedBefore(context, project.id, input);
  const act = { mutation: 'sourceUploadCreate', action: 'upload:create', on, input } as const;
  const made = await perform(context, act, async (tx) => {
    await lockActive(tx, project.id);
    const upload = (stored && (await keepLonger(tx, stored))) ?? (await insertUpload(context, tx, on, input));
    const target = publicId('Upload', upload.id);
    const after = { projectId: input.projectId, sha256: input.sha256, sizeBytes: input.sizeBytes };
    return { result: { id: upload.id }, audit: { target, after } };
  });
  const upload = await context.db.upload.findUniqueOrThrow({ where: { id: made.id } });
  const uploadId = publicId('Upload', upload.id);
  return {
    uploadId,
    replayed: made.replayed,
    uploadUrl: new URL(`/uploads/${uploadId}`, context.settings.APPLOYD_PUBLIC_URL).toString(),
    stored: upload.storedAt !== null,
    expiresAt: upload.expiresAt,
  };
}

async function storedBefore(
  { db, blobs }: Context,
  projectId: string,
  input: SourceUploadCreateInput,
): Promise<Upload | null> {
  const { sha256, sizeBytes } = input;
  const upload = await db.upload.findFirst({
    where: { projectId, sha256, sizeBytes, storedAt: { not: null } },
    orderBy: { id: 'desc' },
  });
  return upload && (await blobs.has(uploadBlobKey(upload))) ? upload : null;
}

/** Null when cleanup was first. */
async function keepLonger(tx: Transaction, upload: Upload): Promise<Upload | null> {
  const { count } = await tx.upload.updateMany({ where: { id: upload.id }, data: { expiresAt: untilWhen() } });
  return count === 1 ? upload : null;
}

const untilWhen = () => new Date(Date.now() + openForMs);

async function insertUpload(
  { rates }: Context,
  tx: Transaction,
  on: { readonly organizationId: string; readonly projectId: string },
  { sha256, sizeBytes }: SourceUploadCreateInput,
): Promise<Upload> {
  await rates.upload(on.organizationId, sizeBytes);
  return tx.upload.create({ data: { id: newId(), ...on, sha256, sizeBytes, expiresAt: untilWhen() } });
}

function issuesOf({ sha256, sizeBytes }: SourceUploadCreateInput): FieldIssue[] {
  const fits = sizeBytes >= 1 && sizeBytes <= maxUploadBytes;
  return [
    ...formatIssue(
      ['sha256'],
      /^[0-9a-f]{64}$/.test(sha256) ? null : 'Give the SHA-256 of the archive as 64 digits of 0-9 and a-f.',
    ),
    ...(fits
      ? []
      : [
          {
            path: ['sizeBytes'],
            rule: 'OUT_OF_RANGE',
            message: `An archive has 1 byte to ${describeBytes(maxUploadBytes)}.`,
          },
        ]),
  ];
}
