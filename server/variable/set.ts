import { newId } from '@apployd/core/id';
import { ConflictError, ValidationError, type FieldIssue } from '@apployd/core/refusal';
import { maxVariableBytes, maxVariables, variableContext, variableKeyProblem } from '@apployd/core/variable';
import { appendEvent } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';
import { signedIn, type Context } from '../context.js';
import { found, requireId } from '../lookup.js';
import { checkInput, formatIssue } from '../validation.js';

type VariableInput = { readonly key: string; readonly value?: string | null; readonly isSecret?: boolean | null };

export type VariablesSetInput = {
  readonly environmentId: string;
  readonly variables: readonly VariableInput[];
  readonly expectedVersion?: number | null;
};

/** Sets and removes variables: all or none. They take effect with the next deployment. */
export async function setVariables(context: Context, input: VariablesSetInput) {
  const viewer = signedIn(context);
  checkInput(issuesOf(input.variables));
  const id = requireId('Environment', input.environmentId);
  const row = await context.db.environment.findFirst({
    where: { id, ...viewer.sees.Environment },
    select: { id: true, organizationId: true, projectId: true },
  });
  const environment = found('Environment', input.environmentId, row);
  await viewer.require('variable:set', environment);

  await context.db.$transaction(async (tx) => {
    await nextVersion(tx, environment.id, input.expectedVersion);
    await write(tx, context, environment, input.variables, viewer.userId);
    await checkCount(tx, environment.id);
    await appendEvent(tx, {
      organizationId: environment.organizationId,
      streamId: environment.projectId,
      kind: 'PROJECT',
      type: 'variables.set',
      subjectId: environment.id,
      actorId: viewer.userId,
      data: { keys: input.variables.map(({ key }) => key) },
    });
  });
  context.events.publish('environment', environment.id);
  return { environmentId: environment.id };
}

/** Locks the environment's row as well, so that two sets follow one another. */
async function nextVersion(tx: Transaction, id: string, expected: number | null | undefined): Promise<void> {
  const { variablesVersion } = await tx.environment.update({
    where: { id },
    data: { variablesVersion: { increment: 1 } },
    select: { variablesVersion: true },
  });
  const before = variablesVersion - 1;
  if (expected == null || expected === before) return;
  throw new ConflictError('The variables were changed since you looked. Look again, then decide.', before);
}

async function write(
  tx: Transaction,
  { secretBox }: Context,
  { id: environmentId, organizationId }: { readonly id: string; readonly organizationId: string },
  variables: readonly VariableInput[],
  updatedById: string,
): Promise<void> {
  await tx.variable.deleteMany({ where: { environmentId, key: { in: variables.map(({ key }) => key) } } });
  await tx.variable.createMany({
    data: variables.flatMap(({ key, value, isSecret }) =>
      value == null
        ? []
        : {
            id: newId(),
            organizationId,
            environmentId,
            key,
            sealedValue: secretBox.seal(value, variableContext(environmentId, key)),
            isSecret: isSecret ?? false,
            updatedById,
          },
    ),
  });
}

async function checkCount(tx: Transaction, environmentId: string): Promise<void> {
  if ((await tx.variable.count({ where: { environmentId } })) <= maxVariables) return;
  throw new ValidationError([
    { path: ['variables'], rule: 'TOO_MANY', message: `An environment may have at most ${maxVariables} variables.` },
  ]);
}

function issuesOf(variables: readonly VariableInput[]): FieldIssue[] {
  if (variables.length < 1 || variables.length > maxVariables) {
    return [{ path: ['variables'], rule: 'OUT_OF_RANGE', message: `Give 1 to ${maxVariables} variables.` }];
  }
  const seen = new Set<string>();
  return variables.flatMap(({ key, value }, index) => {
    const path = ['variables', String(index)];
    const twice = seen.has(key);
    seen.add(key);
    return [
      ...formatIssue([...path, 'key'], variableKeyProblem(key)),
      ...(twice ? [{ path: [...path, 'key'], rule: 'DUPLICATE', message: `${key} is named twice.` }] : []),
      ...(value == null ? [] : valueIssues([...path, 'value'], value)),
    ];
  });
}

function valueIssues(path: readonly string[], value: string): FieldIssue[] {
  if (value.includes('\0')) return [{ path, rule: 'INVALID_FORMAT', message: 'A value may not hold a NUL character.' }];
  if (Buffer.byteLength(value) <= maxVariableBytes) return [];
  return [{ path, rule: 'TOO_LONG', message: `A value may have at most ${maxVariableBytes / 1024} KiB.` }];
}
