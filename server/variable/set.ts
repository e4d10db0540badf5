import { newId } from '@apployd/core/id';
import { ConflictError, ValidationError } from '@apployd/core/refusal';
import { describeBytes } from '@apployd/core/resources';
import { maxVariables, maxVariablesBytes, variableContext } from '@apployd/core/variable';
import { appendEvent } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';
import { perform } from '../access/perform.js';
import { signedIn, type Context } from '../context.js';
import { found, requireId } from '../lookup.js';
import { lockActiveEnvironment } from '../environment/require-active.js';
import { checkInput } from '../validation.js';
import { variableIssues } from './issues.js';
import { warningsOf, type SetVariable, type Warning } from './warnings.js';

type VariableInput = { readonly key: string; readonly value?: string | null; readonly isSecret?: boolean | null };

export type VariablesSetInput = {
  readonly environmentId: string;
  readonly variables: readonly VariableInput[];
  /** Whatever is not named is removed. */
  readonly replaceAll?: boolean | null;
  readonly expectedVersion?: number | null;
  readonly idempotencyKey?: string | null;
};

/** Sets and removes variables: all or none. They take effect with the next deployment. */
export async function setVariables(context: Context, input: VariablesSetInput) {
  const viewer = signedIn(context);
  checkInput(variableIssues(input));
  const id = requireId('Environment', input.environmentId);
  const row = await context.db.environment.findFirst({
    where: { id, ...viewer.sees.Environment },
    select: { id: true, organizationId: true, projectId: true },
  });
  const environment = found('Environment', input.environmentId, row);
  const { organizationId, projectId } = environment;
  const on = { organizationId, projectId, environmentId: environment.id };
  const made = await perform<Made>(
    context,
    { mutation: 'variablesSet', action: 'variable:set', on, input },
    async (tx) => {
      await lockActiveEnvironment(tx, on);
      const version = await nextVersion(tx, environment.id, input.expectedVersion);
      const change = changeOf(await formerOf(tx, environment.id), input);
      await write(tx, context, { ...environment, version, updatedById: viewer.userId }, change);
      await checkCount(tx, environment.id);
      await checkSize(tx, environment.id);
      await record(tx, { ...environment, version, updatedById: viewer.userId }, change);
      const { before, set, removed } = change;
      const audit = {
        target: input.environmentId,
        before: { keys: [...before] },
        after: { version, set: [...set], removed: [...removed] },
      };
      return { result: { environmentId: environment.id, warnings: warningsOf(change.variables) }, audit };
    },
  );
  context.events.publish('environment', environment.id);
  // What was answered by a version before this one is replayed without any.
  return { ...made, warnings: made.warnings ?? [] };
}

type Made = { environmentId: string; warnings?: Warning[] };

type Change = {
  readonly variables: readonly SetVariable[];
  /** Keys that had a value and are named, or removed. A value itself is never told. */
  readonly before: readonly string[];
  readonly set: readonly string[];
  readonly removed: readonly string[];
};

/** By key, those that have a value now: whether it is secret. */
type Former = ReadonlyMap<string, boolean>;

function changeOf(former: Former, { variables, replaceAll }: VariablesSetInput): Change {
  const set = variables.filter(({ value }) => value != null).map(({ key }) => key);
  const named = new Set(variables.map(({ key }) => key));
  const before = [...former.keys()].filter((key) => replaceAll || named.has(key));
  return {
    variables: variables.map((variable) => decided(variable, former)),
    before,
    set,
    removed: before.filter((key) => !set.includes(key)),
  };
}

/** Only who says so makes a value readable: what was secret stays it, and what is new is secret. */
function decided({ key, value, isSecret }: VariableInput, former: Former): SetVariable {
  const was = former.get(key) ?? null;
  return { key, value: value ?? null, isSecret: isSecret ?? was ?? true, wasSecret: was === true };
}

async function formerOf(tx: Transaction, environmentId: string): Promise<Former> {
  const select = { key: true, isSecret: true };
  const where = { environmentId, untilVersion: null };
  const rows = await tx.variable.findMany({ where, select, orderBy: { key: 'asc' } });
  return new Map(rows.map(({ key, isSecret }) => [key, isSecret]));
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

type Version = {
  readonly id: string;
  readonly organizationId: string;
  readonly projectId: string;
  readonly version: number;
  readonly updatedById: string;
};

async function write(
  tx: Transaction,
  { keyring }: Context,
  { id: environmentId, organizationId, version, updatedById }: Version,
  { before, variables }: Change,
): Promise<void> {
  const box = await keyring.boxIn(tx, organizationId);
  // What they were stays, for a release that is brought back with the variables of its time.
  await tx.variable.updateMany({
    where: { environmentId, untilVersion: null, key: { in: [...before] } },
    data: { untilVersion: version },
  });
  await tx.variable.createMany({
    data: variables.flatMap(({ key, value, isSecret }) =>
      value === null
        ? []
        : {
            id: newId(),
            organizationId,
            environmentId,
            key,
            sealedValue: box.seal(value, variableContext(environmentId, key)),
            isSecret,
            fromVersion: version,
            updatedById,
          },
    ),
  });
}

/** Which names changed, by whom and when: for the history, and for whoever follows the project. */
async function record(
  tx: Transaction,
  { id: environmentId, organizationId, projectId, version, updatedById }: Version,
  { set, removed }: Change,
): Promise<void> {
  const names = { set: [...set], removed: [...removed] };
  await tx.variablesVersion.create({
    data: { environmentId, organizationId, version, ...names, createdById: updatedById },
  });
  await appendEvent(tx, {
    organizationId,
    streamId: projectId,
    kind: 'PROJECT',
    type: 'variables.set',
    subjectId: environmentId,
    actorId: updatedById,
    data: { version, ...names },
  });
}

async function checkCount(tx: Transaction, environmentId: string): Promise<void> {
  if ((await tx.variable.count({ where: { environmentId, untilVersion: null } })) <= maxVariables) return;
  throw new ValidationError([
    { path: ['variables'], rule: 'TOO_MANY', message: `An environment may have at most ${maxVariables} variables.` },
  ]);
}

async function checkSize(tx: Transaction, environmentId: string): Promise<void> {
  const [kept] = await tx.$queryRaw<{ bytes: bigint }[]>`
    SELECT coalesce(sum(octet_length("key") + octet_length("sealedValue")), 0)::bigint AS "bytes"
    FROM "Variable" WHERE "environmentId" = ${environmentId}::uuid AND "untilVersion" IS NULL`;
  if ((kept?.bytes ?? 0n) <= maxVariablesBytes) return;
  const message = `The variables of an environment may take up ${describeBytes(maxVariablesBytes)} together. Keep large values in a file or a store of their own.`;
  throw new ValidationError([{ path: ['variables'], rule: 'TOO_LARGE', message }]);
}
