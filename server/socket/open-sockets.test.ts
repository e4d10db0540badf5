import { silentLogger } from '@apployd/backplane/log/logger';
import { describe, expect, test } from 'vitest';
import { openSockets } from './open-sockets.js';

function world() {
  let at = 0;
  let alive = new Set(['s1']);
  const closed: number[] = [];
  const sockets = openSockets({
    idleMs: 60_000,
    living: async () => alive,
    log: silentLogger,
    now: () => at,
  });
  const socket = { close: (code?: number) => void closed.push(code ?? 0) };
  const viewer = { principalId: 'ada', credential: { kind: 'session', id: 's1' } } as const;
  return {
    sockets,
    closed,
    enter: (subscriptions = () => 0, principalId = 'ada') =>
      sockets.enter({ socket, viewer: { ...viewer, principalId }, subscriptions }),
    pass: (ms: number) => (at += ms),
    revoke: () => (alive = new Set()),
  };
}

describe('open sockets', () => {
  test('are at most ten of one token or person, until one closes', () => {
    const { enter } = world();
    const leaves = Array.from({ length: 10 }, () => enter());
    expect(leaves.every(Boolean)).toBe(true);
    expect(enter()).toBe(false);
    expect(enter(undefined, 'bob')).toBeTruthy();
    if (leaves[0]) leaves[0]();
    expect(enter()).toBeTruthy();
  });

  test('close with 1000 when they have carried nothing for a minute, counted from the last subscription', async () => {
    const { sockets, enter, pass, closed } = world();
    let open = 1;
    enter(() => open);
    pass(300_000);
    await sockets.look();
    open = 0;
    pass(59_999);
    await sockets.look();
    expect(closed).toEqual([]);
    pass(1);
    await sockets.look();
    expect(closed).toEqual([1000]);
  });

  test('close with 4403 at the first look when their session has ended', async () => {
    const { sockets, enter, revoke, closed } = world();
    enter();
    revoke();
    await sockets.look();
    expect(closed).toEqual([4403]);
  });

  test('that carry streams give them until the next look, to say why they end', async () => {
    const { sockets, enter, revoke, closed } = world();
    enter(() => 2);
    revoke();
    await sockets.look();
    expect(closed).toEqual([]);
    await sockets.look();
    expect(closed).toEqual([4403]);
  });

  test('stay open while it cannot be told whether their sessions live', async () => {
    const closed: number[] = [];
    const sockets = openSockets({
      idleMs: 60_000,
      living: async () => {
        throw new Error('the database is away');
      },
      log: silentLogger,
    });
    const viewer = { principalId: 'ada', credential: { kind: 'session', id: 's1' } } as const;
    sockets.enter({ socket: { close: (code) => void closed.push(code ?? 0) }, viewer, subscriptions: () => 0 });
    await sockets.look();
    expect(closed).toEqual([]);
  });
});
