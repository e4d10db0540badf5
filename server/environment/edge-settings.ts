import { isDeepStrictEqual } from 'node:util';
import { edgeSettings, mostPasswords, type EdgeSettings, type VisitorPassword } from '@apployd/core/edge-settings';
import { ConflictError, InvalidStateError, ValidationError, type FieldIssue } from '@apployd/core/refusal';
import type { ResponseHeader } from '@apployd/core/response-header';
import { hashVisitorPassword } from '@apployd/backplane/visitor-password/visitor-password';
import { appendEvent } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';
import type { Prisma } from '@apployd/prisma/generated/client/client';
import { perform } from '../access/perform.js';
import type { Context } from '../context.js';
import { checkInput } from '../validation.js';
import { leadWith } from './lead-with.js';
import { lookUpEnvironment } from './look-up.js';
import { lockActiveEnvironment } from './require-active.js';

export type EdgeSettingsInput = Partial<{
  readonly [K in keyof Omit<EdgeSettings, 'passwords' | 'responseHeaders'>]: EdgeSettings[K] | null;
}> & {
  readonly users?: readonly VisitorUserInput[] | null;
  readonly responseHeaders?: readonly ResponseHeader[] | null;
};

export type VisitorUserInput = { readonly name: string; readonly password?: string | null };

export type EnvironmentEdgeUpdateInput = {
  readonly environmentId: string;
  readonly edge: EdgeSettingsInput;
  readonly expectedVersion?: number | null;
  readonly idempotencyKey?: string | null;
};

type Hashed = ReadonlyMap<string, string>;

const passwordProblem = 'A password has 8 to 128 characters, none of them a control character.';

/** Changes what edges do for an environment by themselves: what is absent stays, null gives the default back. */
export async function updateEdgeSettings(context: Context, input: EnvironmentEdgeUpdateInput) {
  const on = await lookUpEnvironment(context, input.environmentId);
  checkInput(passwordIssues(input.edge.users ?? []));
  let hashes: Hashed = new Map();
  const prepare = async () => void (hashes = await hashesOf(input.edge.users ?? []));
  const act = { mutation: 'environmentEdgeUpdate', action: 'environment:update', on, input, prepare } as const;
  const made = await perform(context, act, async (tx) => {
    await lockActiveEnvironment(tx, on);
    const before = await settingsOf(tx, on.environmentId, input.expectedVersion);
    const after = changed(before, input.edge, hashes);
    await write(tx, on, before, after);
    const audit = { target: input.environmentId, before: told(before, after), after: told(after, before) };
    return { result: { environmentId: on.environmentId }, audit };
  });
  context.events.publish('environment', on.environmentId);
  context.events.publish('route', on.environmentId);
  return made;
}

/** A name without a password keeps that which it has. */
async function hashesOf(users: readonly VisitorUserInput[]): Promise<Hashed> {
  const hashes = new Map<string, string>();
  for (const { name, password } of users) if (password != null) hashes.set(name, await hashVisitorPassword(password));
  return hashes;
}

async function settingsOf(tx: Transaction, id: string, expected: number | null | undefined): Promise<EdgeSettings> {
  const select = { edge: true, edgeVersion: true } as const;
  const { edge, edgeVersion } = await tx.environment.findUniqueOrThrow({ where: { id }, select });
  if (expected != null && expected !== edgeVersion) {
    const message = 'The edge settings were changed since you looked. Look again, then decide.';
    throw new ConflictError(message, edgeVersion);
  }
  return readable(edge);
}

/** What cannot be read is not written over: passwords may be among it. */
function readable(kept: unknown): EdgeSettings {
  const parsed = edgeSettings.safeParse(kept);
  if (parsed.success) return parsed.data;
  const message =
    'The edge settings of this environment cannot be read here, and visitors see the maintenance page: they may be of a newer version of the platform. Ask its operator.';
  throw new InvalidStateError(message, 'UNREADABLE', ['READABLE']);
}

function changed(before: EdgeSettings, { users, ...given }: EdgeSettingsInput, hashes: Hashed): EdgeSettings {
  const passwords = users === undefined ? before.passwords : (users ?? []).map((user) => kept(user, before, hashes));
  const named = Object.entries(given).filter(([, value]) => value !== undefined);
  const merged = Object.entries({ ...before, ...Object.fromEntries(named), passwords });
  const parsed = edgeSettings.safeParse(Object.fromEntries(merged.filter(([, value]) => value !== null)));
  if (parsed.success) return parsed.data;
  throw new ValidationError(
    parsed.error.issues.map(({ code, path, message }) => ({
      path: ['edge', ...path.map((part) => (part === 'passwords' ? 'users' : String(part)))],
      rule: code === 'invalid_format' ? 'INVALID_FORMAT' : 'OUT_OF_RANGE',
      message,
    })),
  );
}

function kept({ name }: VisitorUserInput, before: EdgeSettings, hashes: Hashed): VisitorPassword {
  const hash = hashes.get(name) ?? before.passwords.find((one) => one.name === name)?.hash;
  if (hash !== undefined) return { name, hash };
  const message = `${name} is new here: give a password.`;
  throw new ValidationError([{ path: ['edge', 'users'], rule: 'REQUIRED', message }]);
}

function passwordIssues(users: readonly VisitorUserInput[]): FieldIssue[] {
  if (users.length > mostPasswords) {
    const message = `An environment has at most ${mostPasswords} users: leave some out.`;
    return [{ path: ['edge', 'users'], rule: 'OUT_OF_RANGE', message }];
  }
  return users.flatMap(({ password }, i) => {
    // eslint-disable-next-line no-control-regex -- no browser sends them
    if (password == null || /^[^\u0000-\u001f\u007f]{8,128}$/.test(password)) return [];
    return [{ path: ['edge', 'users', String(i), 'password'], rule: 'INVALID_FORMAT', message: passwordProblem }];
  });
}

type On = Awaited<ReturnType<typeof lookUpEnvironment>>;

/** What has not changed gets no new version. */
async function write(tx: Transaction, on: On, before: EdgeSettings, after: EdgeSettings): Promise<void> {
  const names = differing(before, after);
  if (names.length === 0) return;
  const { organizationId, projectId: streamId, environmentId: subjectId, actorId } = on;
  await tx.environment.update({ where: { id: subjectId }, data: { edge: after, edgeVersion: { increment: 1 } } });
  await leadWith(tx, subjectId, after);
  const data = { changed: names.map((name) => (name === 'passwords' ? 'users' : name)) };
  const type = 'environment.edge_updated';
  await appendEvent(tx, { organizationId, streamId, kind: 'PROJECT', type, subjectId, actorId, data });
}

function differing(one: EdgeSettings, other: EdgeSettings): (keyof EdgeSettings)[] {
  const names = Object.keys(edgeSettings.shape) as (keyof EdgeSettings)[];
  return names.filter((name) => !isDeepStrictEqual(one[name], other[name]));
}

/** What differs from the other; of passwords no more than whose they are. */
function told(settings: EdgeSettings, other: EdgeSettings): Prisma.InputJsonObject {
  return Object.fromEntries(
    differing(settings, other).map((name) =>
      name === 'passwords' ? ['users', settings.passwords.map((each) => each.name)] : [name, settings[name]],
    ),
  );
}
