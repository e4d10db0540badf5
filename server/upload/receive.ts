import type { IncomingMessage, ServerResponse } from 'node:http';
import { BlobRefused } from '@apployd/backplane/blobs/blobs';
import { idOf } from '@apployd/core/id';
import { ForbiddenError, NotFoundError } from '@apployd/core/refusal';
import { uploadBlobKey } from '@apployd/core/upload';
import type { Upload } from '@apployd/prisma/generated/client/client';
import { authenticate } from '../account/authenticate.js';
import { answer, answerError } from '../answer.js';
import type { Services } from '../context.js';
import type { Incoming } from '../incoming.js';
import type { Viewer } from '../access/viewer.js';

/** `PUT /uploads/<id>`: stores the body whole, when it is the archive that was announced, or not at all. */
export async function receiveUpload(
  services: Services,
  publicId: string,
  incoming: Incoming,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { viewer } = await authenticate(services, incoming);
  if (!viewer) return answerError(response, 401, 'UNAUTHENTICATED', 'Send the same Authorization as to /graphql.');
  const upload = await openUpload(services, viewer, publicId);
  if (!upload) return answerError(response, 404, 'NOT_FOUND', 'There is no such upload, or its time is over.');
  if (upload.storedAt) return answer(response, 200, { stored: true });
  if (Number(request.headers['content-length'] ?? 0) > Number(upload.sizeBytes)) return tooLarge(response, upload);
  try {
    await store(services, upload, request);
    answer(response, 201, { stored: true });
  } catch (error) {
    if (!(error instanceof BlobRefused)) throw error;
    if (error.reason === 'TOO_LARGE') return tooLarge(response, upload);
    answerError(
      response,
      422,
      'DIGEST_MISMATCH',
      'What arrived is not what was announced: its SHA-256 is another. Send it again.',
    );
  }
}

/** Null for what is missing, foreign, over or not the caller's to fill. */
async function openUpload({ db }: Services, viewer: Viewer, publicId: string): Promise<Upload | null> {
  const id = idOf('Upload', publicId);
  const upload =
    id && (await db.upload.findFirst({ where: { id, AND: [viewer.sees.Upload, { project: { deletesAt: null } }] } }));
  if (!upload) return null;
  if (!upload.storedAt && upload.expiresAt <= new Date()) return null;
  try {
    await viewer.require('upload:create', { organizationId: upload.organizationId, projectId: upload.projectId });
    return upload;
  } catch (error) {
    if (error instanceof ForbiddenError || error instanceof NotFoundError) return null;
    throw error;
  }
}

async function store({ db, blobs }: Services, upload: Upload, request: IncomingMessage): Promise<void> {
  const { sha256 } = upload;
  await blobs.put(uploadBlobKey(upload), request, { maxBytes: Number(upload.sizeBytes), sha256 });
  await db.upload.update({ where: { id: upload.id }, data: { storedAt: new Date() } });
}

function tooLarge(response: ServerResponse, { sizeBytes }: Upload): void {
  // The rest of the body is not read: the connection cannot be used again.
  response.setHeader('connection', 'close');
  answerError(response, 413, 'PAYLOAD_TOO_LARGE', `This upload was announced with ${sizeBytes} bytes.`);
}
