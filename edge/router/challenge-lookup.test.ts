import { acmeChallengePath } from '@apployd/core/certificate';
import { systemClock } from '@apployd/core/clock';
import { expect, test } from 'vitest';
import { challengeLookup } from './challenge-lookup.js';

const token = (n: number) => `${acmeChallengePath}a-token-of-many-${n}`;

/** Looks that end when the test says so, and pauses that do. */
function aLookup() {
  const looks: { end: (challenges: ReadonlyMap<string, string> | Error) => void }[] = [];
  const pauses: (() => void)[] = [];
  const read = () =>
    new Promise<ReadonlyMap<string, string>>((resolve, reject) => {
      looks.push({ end: (challenges) => (challenges instanceof Error ? reject(challenges) : resolve(challenges)) });
    });
  const sleep = () => new Promise<void>((resolve) => pauses.push(resolve));
  return { looks, pauses, answer: challengeLookup(read, { ...systemClock, sleep }) };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('any number that ask at the same time share one look, and the one with the right token is answered', async () => {
  const { looks, answer } = aLookup();
  const asked = Array.from({ length: 1_000 }, (_, n) => answer(token(n)));
  await turn();
  expect(looks).toHaveLength(1);
  looks[0]!.end(new Map([['a-token-of-many-999', 'the proof']]));
  const answers = await Promise.all(asked);
  expect(answers[999]).toMatchObject({ status: 200, body: 'the proof' });
  expect(answers.filter(({ status }) => status === 404)).toHaveLength(999);
});

test('who asks while a look is under way has the next one, which begins when that one and the pause are over', async () => {
  const { looks, pauses, answer } = aLookup();
  const early = answer(token(1));
  await turn();
  const late = answer(token(1));
  looks[0]!.end(new Map());
  expect(await early).toMatchObject({ status: 404 });
  await turn();
  expect(looks).toHaveLength(1);
  pauses[0]!();
  await turn();
  looks[1]!.end(new Map([['a-token-of-many-1', 'the proof']]));
  expect(await late).toMatchObject({ status: 200 });
});

test('a look that fails is said to have failed, and the next one is made', async () => {
  const { looks, pauses, answer } = aLookup();
  const failed = answer(token(1));
  await turn();
  looks[0]!.end(new Error('The database is away.'));
  expect(await failed).toMatchObject({ status: 503 });
  pauses[0]!();
  const asked = answer(token(1));
  await turn();
  looks[1]!.end(new Map([['a-token-of-many-1', 'the proof']]));
  expect(await asked).toMatchObject({ status: 200 });
});
