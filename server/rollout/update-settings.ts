import { isDeepStrictEqual } from 'node:util';
import { readRolloutSettings, rolloutSettings, type RolloutSettings } from '@apployd/core/rollout';
import { ConflictError, ValidationError } from '@apployd/core/refusal';
import { appendEvent } from '@apployd/prisma/append-event';
import type { Transaction } from '@apployd/prisma/create-db';
import { perform } from '../access/perform.js';
import type { Context } from '../context.js';
import { lookUpEnvironment } from '../environment/look-up.js';
import { lockActiveEnvironment } from '../environment/require-active.js';

export type RolloutSettingsInput = Partial<{ readonly [K in keyof RolloutSettings]: RolloutSettings[K] | null }>;

export type EnvironmentRolloutUpdateInput = {
  readonly environmentId: string;
  readonly rollout: RolloutSettingsInput;
  readonly expectedVersion?: number | null;
  readonly idempotencyKey?: string | null;
};

/** Changes how new releases come to their visitors: what is absent stays, null gives the default back. For the next deployment. */
export async function updateRolloutSettings(context: Context, input: EnvironmentRolloutUpdateInput) {
  const on = await lookUpEnvironment(context, input.environmentId);
  const act = { mutation: 'environmentRolloutUpdate', action: 'environment:update', on, input } as const;
  const made = await perform(context, act, async (tx) => {
    await lockActiveEnvironment(tx, on);
    const before = await settingsOf(tx, on.environmentId, input.expectedVersion);
    const after = changed(before, input.rollout);
    await write(tx, on, before, after);
    const audit = { target: input.environmentId, before: told(before, after), after: told(after, before) };
    return { result: { environmentId: on.environmentId }, audit };
  });
  context.events.publish('environment', on.environmentId);
  return made;
}

async function settingsOf(tx: Transaction, id: string, expected: number | null | undefined): Promise<RolloutSettings> {
  // Whoever changes them at the same moment waits, and then finds another version.
  await tx.$queryRaw`SELECT 1 FROM "Environment" WHERE "id" = ${id}::uuid FOR NO KEY UPDATE`;
  const select = { rollout: true, rolloutVersion: true } as const;
  const { rollout, rolloutVersion } = await tx.environment.findUniqueOrThrow({ where: { id }, select });
  if (expected == null || expected === rolloutVersion) return readRolloutSettings(rollout);
  const message = 'The settings of the gradual release were changed since you looked. Look again, then decide.';
  throw new ConflictError(message, rolloutVersion);
}

function changed(before: RolloutSettings, given: RolloutSettingsInput): RolloutSettings {
  const named = Object.entries(given).filter(([, value]) => value !== undefined);
  const merged = Object.entries({ ...before, ...Object.fromEntries(named) });
  const parsed = rolloutSettings.safeParse(Object.fromEntries(merged.filter(([, value]) => value !== null)));
  if (parsed.success) return parsed.data;
  throw new ValidationError(
    parsed.error.issues.map(({ path, message }) => ({
      path: ['rollout', ...path.map(String)],
      rule: 'OUT_OF_RANGE',
      message,
    })),
  );
}

type On = Awaited<ReturnType<typeof lookUpEnvironment>>;

/** What has not changed gets no new version. */
async function write(tx: Transaction, on: On, before: RolloutSettings, after: RolloutSettings): Promise<void> {
  const names = differing(before, after);
  if (names.length === 0) return;
  const { organizationId, projectId: streamId, environmentId: subjectId, actorId } = on;
  const data = { rollout: after, rolloutVersion: { increment: 1 } };
  await tx.environment.update({ where: { id: subjectId }, data });
  const type = 'environment.rollout_updated';
  await appendEvent(tx, {
    ...{ organizationId, streamId, kind: 'PROJECT', type, subjectId, actorId },
    data: { changed: names },
  });
}

function differing(one: RolloutSettings, other: RolloutSettings): (keyof RolloutSettings)[] {
  const names = Object.keys(rolloutSettings.shape) as (keyof RolloutSettings)[];
  return names.filter((name) => !isDeepStrictEqual(one[name], other[name]));
}

const told = (settings: RolloutSettings, other: RolloutSettings) =>
  Object.fromEntries(differing(settings, other).map((name) => [name, settings[name]]));
