import { newId } from '@apployd/core/id';
import { ConflictError, ValidationError, type FieldIssue } from '@apployd/core/refusal';
import { maxVariableBytes, maxVariables, variableContext, variableKeyProblem } from '@apployd/core/variable';
import { appendEvent } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';
import { perform } from '../access/perform.js';
import { signedIn, type Context } from '../context.js';
import { found, requireId } from '../lookup.js';
import { lockActive } from '../project/require-active.js';
import { checkInput, formatIssue } from '../validation.js';
import { warningsOf } from './warnings.js';

type VariableInput = { readonly key: string; readonly value?: string | null; readonly isSecret?: boolean | null };

export type VariablesSetInput = {
  readonly environmentId: string;
  readonly variables: readonly VariableInput[];
  readonly expectedVersion?: number | null;
  readonly idempotencyKey?: string | null;
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
  const { organizationId, projectId } = environment;
  const on = { organizationId, projectId, environmentId: environment.id };
  const made = await perform(context, { mutation: 'variablesSet', action: 'variable:set', on, input }, async (tx) => {
    await lockActive(tx, projectId);
    const version = await nextVersion(tx, environment.id, input.expectedVersion);
    const before = await keysOf(tx, environment.id, input.variables);
    await write(tx, context, { ...environment, version }, input.variables, viewer.userId);
    await checkCount(tx, environment.id);
    await appendEvent(tx, {
      organizationId,
      streamId: projectId,
      kind: 'PROJECT',
      type: 'variables.set',
      subjectId: environment.id,
      actorId: viewer.userId,
      data: { keys: input.variables.map(({ key }) => key) },
    });
    const audit = { target: input.environmentId, before: { keys: before }, after: { version, ...keysIn(input) } };
    return { result: { environmentId: environment.id }, audit };
  });
  context.events.publish('environment', environment.id);
  return { ...made, warnings: warningsOf(input.variables) };
}

/** Which of these keys had a value; a value itself is never told. */
async function keysOf(tx: Transaction, environmentId: string, variables: readonly VariableInput[]): Promise<string[]> {
  const where = { environmentId, untilVersion: null, key: { in: variables.map(({ key }) => key) } };
  return (await tx.variable.findMany({ where, select: { key: true }, orderBy: { key: 'asc' } })).map(({ key }) => key);
}

function keysIn({ variables }: VariablesSetInput) {
  const keysThat = (set: boolean) => variables.filter(({ value }) => (value != null) === set).map(({ key }) => key);
  return { set: keysThat(true), removed: keysThat(false) };
}

/** Locks the environment's row as well, so that two sets follow one another. */
async function nextVersion(tx: Transaction, id: string, expected: number | null | undefined): Promise<number> {
  const { variablesVersion } = await tx.environment.update({
    where: { id },
    data: { variablesVersion: { increment: 1 } },
    select: { variablesVersion: true },
  });
  const before = variablesVersion - 1;
  if (expected == null || expected === before) return variablesVersion;
  throw new ConflictError('The variables were changed since you looked. Look again, then decide.', before);
}

async function write(
  tx: Transaction,
  { keyring }: Context,
  {
    id: environmentId,
    organizationId,
    version,
  }: { readonly id: string; readonly organizationId: string; readonly version: number },
  variables: readonly VariableInput[],
  updatedById: string,
): Promise<void> {
  const box = await keyring.boxIn(tx, organizationId);
  // What they were stays, for a release that is brought back with the variables of its time.
  await tx.variable.updateMany({
    where: { environmentId, untilVersion: null, key: { in: variables.map(({ key }) => key) } },
    data: { untilVersion: version },
  });
  await tx.variable.createMany({
    data: variables.flatMap(({ key, value, isSecret }) =>
      value == null
        ? []
        : {
            id: newId(),
            organizationId,
            environmentId,
            key,
            sealedValue: box.seal(value, variableContext(environmentId, key)),
            isSecret: isSecret ?? false,
            fromVersion: version,
            updatedById,
          },
    ),
  });
}

async function checkCount(tx: Transaction, environmentId: string): Promise<void> {
  if ((await tx.variable.count({ where: { environmentId, untilVersion: null } })) <= maxVariables) return;
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
