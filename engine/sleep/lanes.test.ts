import { expect, test } from 'vitest';
import { admit, laneOf } from './lanes.js';

/** `a1`, `a2` … are of organization `a`. */
const of = (names: string) =>
  names
    .split(' ')
    .filter(Boolean)
    .map((name) => ({ name, organizationId: name.charAt(0) }));
const enters = (waiting: string, inside: string, places: number) =>
  admit(of(waiting), of(inside), places)
    .map(({ name }) => name)
    .join(' ');

test.each([
  ['no more than there are places', 'a1 b1 c1 d1 e1', '', 4, 'a1 b1 c1 d1'],
  ['only as many as places are free', 'c1 d1 e1', 'a1 b1 b2', 4, 'c1'],
  ['nobody when it is full', 'c1', 'a1 a2 b1 b2', 4, ''],
  ['of one organization no more than half, whoever waits behind it', 'a1 a2 a3 b1 a4 b2 b3', '', 4, 'a1 a2 b1 b2'],
  ['no more of one that has its half, also when nobody else waits', 'a3 a4', 'a1 a2', 4, ''],
  ['who comes next beside one that has its half', 'a3 b1', 'a1 a2', 4, 'b1'],
  ['one of each organization where half is less than one', 'a1 b1', '', 1, 'a1'],
  ['one of each organization where half is one and a half', 'a1 a2 b1 b2 c1', '', 3, 'a1 b1 c1'],
  ['none beyond places that have become fewer', 'c1', 'a1 a2 b1', 2, ''],
])('a lane lets in %s', (_, waiting, inside, places, expected) => {
  expect(enters(waiting, inside, places)).toBe(expected);
});

test('whatever waits, places are never exceeded, none has more than its half, and nobody is passed over who may enter', () => {
  for (let seed = 1; seed <= 500; seed += 1) {
    const random = pseudoRandom(seed);
    const places = 1 + random(9);
    const share = Math.max(1, Math.floor(places / 2));
    const some = (most: number) =>
      of(Array.from({ length: random(most) }, (_, i) => `${'abcd'[random(4)]}${i}`).join(' '));
    const waiting = some(30);
    const inside = admit(some(20), [], places);
    const entered = admit(waiting, inside, places);
    const now = [...inside, ...entered];
    const has = (organization: string) => now.filter(({ organizationId }) => organizationId === organization).length;
    expect(now.length).toBeLessThanOrEqual(places);
    for (const organization of 'abcd') expect(has(organization)).toBeLessThanOrEqual(share);
    const stays = waiting.filter((one) => !entered.includes(one));
    if (now.length < places) for (const { organizationId } of stays) expect(has(organizationId)).toBe(share);
    const order = entered.map((one) => waiting.indexOf(one));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
  }
});

test('what is frozen has a lane of its own, and what falls asleep too', () => {
  const due = (desiredState: 'RUNNING' | 'LIGHT_SLEEP', observedState: 'RUNNING' | 'LIGHT_SLEEP' | 'DEEP_SLEEP') =>
    laneOf({ id: '', organizationId: '', desiredState, observedState });
  expect([
    due('RUNNING', 'LIGHT_SLEEP'),
    due('RUNNING', 'DEEP_SLEEP'),
    due('RUNNING', 'RUNNING'),
    due('LIGHT_SLEEP', 'RUNNING'),
    due('LIGHT_SLEEP', 'DEEP_SLEEP'),
  ]).toEqual(['light', 'deep', 'deep', 'sleep', 'sleep']);
});

function pseudoRandom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}
