import { createHash } from 'node:crypto';
import type { DBAdapter, Where } from '@better-auth/core/db/adapter';
import type { BetterAuthOptions } from 'better-auth';

/** What is kept of a session's token: it is long and random, so that a plain hash cannot be turned back. */
export function hashSessionToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

type Open = (options: BetterAuthOptions) => DBAdapter;

/**
 * An adapter of better-auth that keeps and looks up sessions by the hash of their token. A row comes back with the token
 * that it was asked for with; one that was found in another way has the hash, which is no token.
 */
export function hashSessionTokens(open: Open): Open {
  return (options) => hashing(open(options));
}

/** Spelled out: a method that a later version of better-auth adds does not compile before it is here. */
function hashing(adapter: DBAdapter): DBAdapter {
  const hashed: DBAdapter = {
    id: adapter.id,
    options: adapter.options,
    create: (call) => asked(call, adapter.create) as never,
    findOne: (call) => asked(call, adapter.findOne) as never,
    findMany: (call) => asked(call, adapter.findMany) as never,
    count: (call) => asked(call, adapter.count),
    update: (call) => asked(call, adapter.update) as never,
    updateMany: (call) => asked(call, adapter.updateMany),
    delete: (call) => asked(call, adapter.delete),
    deleteMany: (call) => asked(call, adapter.deleteMany),
    consumeOne: (call) => asked(call, adapter.consumeOne) as never,
    incrementOne: (call) => asked(call, adapter.incrementOne) as never,
    // In a transaction better-auth works with what it is handed here: this adapter again, not the one beneath it.
    transaction: (work) => adapter.transaction(() => work(hashed)),
  };
  return hashed;
}

type Values = Readonly<Record<string, unknown>>;
type Call = { readonly model: string; readonly where?: Where[]; readonly data?: Values; readonly update?: Values };

async function asked<C extends Call, R>(call: C, ask: (call: C) => Promise<R>): Promise<R> {
  if (call.model !== 'session') return ask(call);
  const tokens = new Map<unknown, string>();
  const hash = (value: unknown) => {
    if (typeof value !== 'string') return value;
    const kept = hashSessionToken(value);
    tokens.set(kept, value);
    return kept;
  };
  const found = await ask({
    ...call,
    ...(call.where && { where: call.where.map((one) => hashCondition(one, hash)) }),
    ...(call.data && { data: hashValue(call.data, hash) }),
    ...(call.update && { update: hashValue(call.update, hash) }),
  });
  return withTokens(found, tokens) as R;
}

type Hash = (value: unknown) => unknown;

function hashCondition(condition: Where, hash: Hash): Where {
  if (condition.field !== 'token') return condition;
  const { value } = condition;
  return { ...condition, value: (Array.isArray(value) ? value.map(hash) : hash(value)) as Where['value'] };
}

function hashValue(values: Values, hash: Hash): Values {
  return 'token' in values ? { ...values, token: hash(values.token) } : values;
}

function withTokens(found: unknown, tokens: ReadonlyMap<unknown, string>): unknown {
  if (Array.isArray(found)) return found.map((row) => withTokens(row, tokens));
  if (typeof found !== 'object' || found === null || !('token' in found)) return found;
  return { ...found, token: tokens.get(found.token) ?? found.token };
}
