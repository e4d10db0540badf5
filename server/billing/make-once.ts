import { begins, changeEventType, type AskedChange } from '@apployd/core/billing';
import { InvalidStateError } from '@apployd/core/refusal';
import type { Prisma } from '@apployd/prisma/generated/client/client';
import { perform } from '../access/perform.js';
import type { Context } from '../context.js';
import { tellOrganization } from '../organization/tell.js';
import type { Begun } from './act.js';
import { takeTurn, type Promised, type Turn } from './take-turn.js';

/**
 * Has Stripe make one change of a subscription for one request, however often it is asked for, then tells of it. `make` asks
 * Stripe in its turn and gives what it promised before.
 */
export async function makeOnce<Result extends Prisma.InputJsonObject>(
  context: Context,
  begun: Begun,
  asked: AskedChange,
  make: (turn: Turn<Result>) => Promise<Promised<Result>>,
): Promise<Result & { readonly replayed: boolean }> {
  const { act, isDone, organizationId, viewer } = begun;
  const tellAgain = () => perform<Result>(context, act, neverDone);
  if (await isDone()) return tellAgain();
  return takeTurn<Result, Result & { readonly replayed: boolean }>(context, begun, asked, async (turn) => {
    // Who was sent twice at once has waited for the first.
    if (await isDone()) return tellAgain();
    const { result, audit } = await make(turn);
    return perform(context, act, async (tx) => {
      if (!(await turn.finish(tx))) throw new AlreadyTold();
      const event = {
        type: changeEventType(asked),
        subjectId: organizationId,
        actorId: viewer.userId,
        data: { ...asked, ...begins(result) },
      };
      await tellOrganization(tx, organizationId, event);
      return { result, audit };
    }).catch((error: unknown) => {
      if (error instanceof AlreadyTold) return { ...result, replayed: false };
      throw error;
    });
  });
}

/** The engine was faster: what was begun to tell of it is taken back. */
class AlreadyTold extends Error {}

/** For a request whose effect is known: what it made is told again. */
function neverDone(): Promise<never> {
  throw new InvalidStateError('The time to repeat this request is over. Look again, then decide.', 'FORGOTTEN', []);
}
