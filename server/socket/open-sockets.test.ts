import { silentLogger } from '@apployd/backplane/log/logger';
import { describe, expect, test } from 'vitest';
import { openSockets } from './open-sockets.js';

function world() {
  let at = 0;
  let alive = new Set(['s1']);
  let answering = Promise.resolve();
  const closed: number[] = [];
  const sockets = openSockets({
    idleMs: 60_000,
    living: async () => {
      await answering;
      return alive;
    },
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
    /** Whether they live is answered once what this returns is called. */
    hold: () => {
      let letGo = () => {};
      answering = new Promise((resolve) => (letGo = resolve));
      return () => letGo();
    },
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

  test('that carry streams give them three and a half seconds to say why they end, and one look more, however often is looked', async () => {
    const { sockets, enter, revoke, pass, closed } = world();
    enter(() => 2);
    revoke();
    await sockets.look();
    pass(3_499);
    await sockets.look();
    await sockets.look();
    pass(1);
    await sockets.look();
    expect(closed).toEqual([]);
    pass(1);
    await sockets.look();
    expect(closed).toEqual([4403]);
  });

  test('wait for streams whose looks are late because the process stood still', async () => {
    const { sockets, enter, revoke, pass, closed } = world();
    let open = 1;
    enter(() => open);
    revoke();
    await sockets.look();
    pass(60_000);
    // Whichever of the timers that are due is run first: the answers to the streams come after this.
    await sockets.look();
    expect(closed).toEqual([]);
    open = 0;
    await sockets.look();
    expect(closed).toEqual([4403]);
  });

  test('count no look that began before the one that found their time over was answered', async () => {
    const { sockets, enter, revoke, pass, closed, hold } = world();
    enter(() => 1);
    revoke();
    await sockets.look();
    const letGo = hold();
    pass(4_000);
    const looks = [sockets.look()];
    pass(4_000);
    looks.push(sockets.look());
    pass(1);
    letGo();
    await Promise.all(looks);
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
