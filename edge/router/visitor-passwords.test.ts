import { expect, test } from 'vitest';
import { visitorPasswords } from './visitor-passwords.js';

const ada = [{ name: 'ada', hash: 'of ada' }];
const basic = (credentials: string) => `Basic ${Buffer.from(credentials).toString('base64')}`;

/** Looks take until they are let go. */
function aDoor() {
  let time = 0;
  const looks: { readonly said: string; readonly end: () => void }[] = [];
  const door = visitorPasswords(
    () => time,
    (password, hash) =>
      new Promise((resolve) => looks.push({ said: password, end: () => resolve(hash === `of ${password}`) })),
  );
  return {
    looks,
    check: (credentials: string, passwords = ada, address = '127.0.0.1') =>
      door.check(passwords, basic(credentials), address),
    later: (ms: number) => void (time += ms),
  };
}

test('the same credentials are looked at once, however many bring them at the same moment or later', async () => {
  const { check, looks, later } = aDoor();
  const many = Array.from({ length: 50 }, () => check('ada:ada'));
  await Promise.resolve();
  expect(looks).toHaveLength(1);
  looks[0]?.end();
  expect(new Set(await Promise.all(many))).toEqual(new Set(['yes']));
  expect(await check('ada:ada')).toBe('yes');
  later(11 * 60_000);
  void check('ada:ada');
  await Promise.resolve();
  expect(looks).toHaveLength(2);
});

test('two are looked at at a time, who tries many at one door waits in vain, and another door opens meanwhile', async () => {
  const { check, looks } = aDoor();
  const tries = Array.from({ length: 20 }, (_, i) => check(`ada:${i}`));
  await Promise.resolve();
  expect(looks).toHaveLength(2);
  const other = check('eve:eve', [{ name: 'eve', hash: 'of eve' }]);
  for (let i = 0; i < 9; i += 1) {
    await expect.poll(() => looks.length, { interval: 1 }).toBeGreaterThan(i);
    looks[i]?.end();
  }
  expect(looks.findIndex(({ said }) => said === 'eve')).toBe(3);
  expect(await other).toBe('yes');
  const verdicts = await Promise.all(tries);
  expect(verdicts.filter((each) => each === 'busy')).toHaveLength(12);
  expect(verdicts.filter((each) => each === 'no')).toHaveLength(8);
});

test('of one address one try at a door is looked at, and others come in meanwhile', async () => {
  const { check, looks } = aDoor();
  const tries = Array.from({ length: 8 }, (_, i) => check(`ada:${i}`, ada, `2001:db8::${i}`));
  const other = check('ada:ada', ada, '192.0.2.2');
  await Promise.resolve();
  expect(looks.map(({ said }) => said)).toEqual(['0', 'ada']);
  looks.forEach(({ end }) => end());
  expect(await Promise.all([...tries, other])).toEqual(['no', ...Array<string>(7).fill('busy'), 'yes']);
  const again = check('ada:again', ada, '2001:db8::1');
  await Promise.resolve();
  looks[2]?.end();
  expect(await again).toBe('no');
});

test('what was right stays known, however many wrong ones come after it', async () => {
  let looks = 0;
  const door = visitorPasswords(
    () => 0,
    async (password) => ((looks += 1), password === 'ada'),
  );
  const said = (password: string) => door.check(ada, basic(`ada:${password}`), '127.0.0.1');
  await said('ada');
  for (let i = 0; i <= 10_000; i += 1) await said(`${i}`);
  expect([await said('ada'), looks]).toEqual(['yes', 10_002]);
});

test('who is not known is looked at as others are, and does not get in with the password of another', async () => {
  const { check, looks } = aDoor();
  const stranger = check('eve:ada');
  await Promise.resolve();
  looks[0]?.end();
  expect(await stranger).toBe('no');
});
