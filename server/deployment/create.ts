import { gitRefProblem } from '@apployd/core/git-reference';
import { idOf, publicId } from '@apployd/core/id';
import { ValidationError, type FieldIssue } from '@apployd/core/refusal';
import type { Transaction } from '@apployd/prisma/create-db';
import { perform } from '../access/perform.js';
import { signedIn, type Context } from '../context.js';
import { found, requireId } from '../lookup.js';
import { checkInput, formatIssue } from '../validation.js';
import { enqueue } from './enqueue.js';
import { auditSuperseded, insertDeployment } from './insert.js';
import { requireSlice } from './require-slice.js';

export type DeploymentCreateInput = {
  readonly environmentId: string;
  readonly source?: {
    readonly git?: { readonly ref?: string | null } | null;
    readonly uploadId?: string | null;
  } | null;
  /** Absent: what the project's settings say. */
  readonly supersede?: boolean | null;
  /** Absent: what the environment's settings say. */
  readonly gradual?: boolean | null;
  readonly idempotencyKey?: string | null;
};

/** Queues a deployment of a commit or an uploaded folder. */
export async function createDeployment(context: Context, input: DeploymentCreateInput) {
  const viewer = signedIn(context);
  checkInput(issuesOf(input));
  const id = requireId('Environment', input.environmentId);
  const row = await context.db.environment.findFirst({
    where: { id, ...viewer.sees.Environment },
    select: {
      id: true,
      organizationId: true,
      project: { select: { id: true, repositoryUrl: true, defaultBranch: true } },
    },
  });
  const environment = found('Environment', input.environmentId, row);
  const { organizationId, project } = environment;
  const on = { organizationId, projectId: project.id, environmentId: id };
  const act = { mutation: 'deploymentCreate', action: 'deployment:create', on, input } as const;
  const made = await perform(context, act, async (tx) => {
    await context.rates.deployment(organizationId);
    await requireSlice(tx, on);
    const source = await sourceOf(tx, project, input.source);
    const result = await insertDeployment(
      tx,
      { ...on, createdById: viewer.userId, gradual: input.gradual, ...source },
      input,
    );
    const gradual = input.gradual == null ? {} : { gradual: input.gradual };
    const after = { environmentId: input.environmentId, ...input.source?.git, ...gradual, ...auditSuperseded(result) };
    return { result, audit: { target: publicId('Deployment', result.deploymentId), after } };
  });
  await enqueue(context, made);
  return made;
}

type ProjectSource = {
  readonly id: string;
  readonly repositoryUrl: string | null;
  readonly defaultBranch: string | null;
};

async function sourceOf(tx: Transaction, project: ProjectSource, source: DeploymentCreateInput['source']) {
  if (source?.uploadId != null)
    return { trigger: 'UPLOAD', uploadId: await storedUpload(tx, project.id, source.uploadId) } as const;
  const { repositoryUrl, defaultBranch } = project;
  if (repositoryUrl === null) {
    const message = 'This project has no repository. Give the project one, or deploy an uploaded folder.';
    throw new ValidationError([{ path: source?.git ? ['source', 'git'] : ['source'], rule: 'NO_REPOSITORY', message }]);
  }
  return { trigger: 'API', repositoryUrl, ref: source?.git?.ref ?? defaultBranch } as const;
}

async function storedUpload(tx: Transaction, projectId: string, uploadId: string): Promise<string> {
  const id = idOf('Upload', uploadId);
  const upload = id && (await tx.upload.findFirst({ where: { id, projectId }, select: { id: true, storedAt: true } }));
  if (upload && upload.storedAt) return upload.id;
  const path = ['source', 'uploadId'];
  throw new ValidationError([
    upload
      ? { path, rule: 'NOT_STORED', message: 'The archive has not arrived. PUT it to its uploadUrl first.' }
      : { path, rule: 'NOT_FOUND', message: 'This project has no such upload.' },
  ]);
}

function issuesOf({ source }: DeploymentCreateInput): FieldIssue[] {
  const ref = source?.git?.ref;
  return ref == null ? [] : formatIssue(['source', 'git', 'ref'], gitRefProblem(ref));
}
