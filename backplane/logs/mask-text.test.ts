import { afterEach, expect, test, vi } from 'vitest';
import { textMask } from './mask-text.js';
import { secretForms } from './secret-forms.js';
import { secretIndex } from './secret-index.js';

function masked(secrets: readonly string[], ...parts: readonly string[]): string {
  const mask = textMask(secretIndex(secrets));
  return parts.map((part) => mask.push(part)).join('') + mask.flush();
}

afterEach(() => void vi.restoreAllMocks());

/** Every way to write the text in two calls, and character by character. */
function ways(text: string): string[][] {
  const inTwo = Array.from({ length: text.length + 1 }, (_, at) => [text.slice(0, at), text.slice(at)]);
  return [...inTwo, [...text]];
}

test('a secret is masked however it is split over calls', () => {
  for (const parts of ways('user=admin password=hunter22 done\n')) {
    expect(masked(['hunter22'], ...parts)).toBe('user=admin password=[secret] done\n');
  }
});

test('of secrets that begin alike the longest is masked', () => {
  for (const parts of ways('a hunter2222 b hunter2 c')) {
    expect(masked(['hunter2', 'hunter2222'], ...parts)).toBe('a [secret] b [secret] c');
  }
});

test('nothing of overlapping secrets is left', () => {
  for (const parts of ways('x abcdefgh y')) expect(masked(['abcdef', 'defgh'], ...parts)).toBe('x [secret] y');
  for (const parts of ways('x aXXaXXaXXa y')) expect(masked(['aXXa'], ...parts)).toBe('x [secret] y');
});

test('a secret of several lines is masked as a whole and line by line', () => {
  const key = '-----BEGIN KEY-----\nMIIEvQIBADAN\nBgkqhkiG9w0B\n-----END KEY-----';
  for (const parts of ways(`key: ${key}!`)) expect(masked([key], ...parts)).toBe('key: [secret]!');
  expect(masked([key], '1: MIIEvQIBADAN\r\n2: BgkqhkiG9w0B\r\n')).toBe('1: [secret]\r\n2: [secret]\r\n');
});

test('values of less than four characters are left alone, and without secrets all passes at once', () => {
  expect(masked(['abc', ''], 'abcabc')).toBe('abcabc');
  expect(textMask(secretIndex([])).push('text')).toBe('text');
});

test('what only begins like a secret appears once it goes on otherwise', () => {
  expect(masked(['hunter22'], 'hunt', 'ing')).toBe('hunting');
  expect(masked(['hunter22'], 'hunt', '\n')).toBe('hunt\n');
  expect(masked(['hunter22'], 'hun')).toBe('hun');
});

test('half a secret at the end is masked, and so is its other half when more comes', () => {
  for (let at = 1; at < 'hunter22'.length; at += 1) {
    const mask = textMask(secretIndex(['hunter22']));
    const first = mask.push(`a ${'hunter22'.slice(0, at)}`) + mask.flush();
    const second = mask.push(`${'hunter22'.slice(at)} b hunter22`) + mask.flush();
    expect(first).toBe(at < 4 ? `a ${'hunter22'.slice(0, at)}` : 'a [secret]');
    expect(second).toBe(at < 4 ? '[secret] b [secret]' : ' b [secret]');
  }
});

test('other secrets may be looked for in the middle of a text', () => {
  const mask = textMask(secretIndex(['hunter22']));
  const before = mask.push('hunter22 letmein1 hunt');
  mask.use(secretIndex(['letmein1']));
  expect(before + mask.push('er22 letmein1.') + mask.flush()).toBe('[secret] letmein1 hunter22 [secret].');
});

test('endless output that looks like the beginning of a secret is not kept', () => {
  const mask = textMask(secretIndex(['aaaab']));
  let length = 0;
  for (let i = 0; i < 1_000; i += 1) length += mask.push('a'.repeat(100)).length;
  expect(length).toBeGreaterThan(99_000);
});

test('any text is masked as if every secret were looked for everywhere', () => {
  const random = seeded(7);
  const word = (length: number) => Array.from({ length }, () => 'ab\n'[Math.floor(random() * 2.2)]).join('');
  for (let round = 0; round < 500; round += 1) {
    const secrets = Array.from({ length: 1 + (round % 6) }, () => word(3 + Math.floor(random() * 12)));
    const text = `${word(60)}.`;
    const at = Math.floor(random() * text.length);
    expect(masked(secrets, text.slice(0, at), text.slice(at))).toBe(plainlyMasked(secrets, text));
    expect(masked(secrets, ...text)).toBe(plainlyMasked(secrets, text));
  }
});

test('many secrets, and long ones, cost no more than a few characters each of the text', () => {
  const key = (seed: number) => {
    const random = seeded(seed);
    const line = () => Array.from({ length: 64 }, () => base64[Math.floor(random() * 64)]).join('');
    return `-----BEGIN PRIVATE KEY-----\nMII${Array.from({ length: 20 }, line).join('\n')}\n-----END PRIVATE KEY-----`;
  };
  const text = `GET /cart 200 in 12 ms ${'-'.repeat(40)} MII -----BEGIN CERTIFICATE-----\n`.repeat(20);
  const characters = (secrets: number) => {
    const mask = textMask(secretIndex(Array.from({ length: secrets }, (_, i) => key(i))));
    const spy = vi.spyOn(String.prototype, 'charCodeAt');
    expect(mask.push(text)).toBe(text);
    const looked = spy.mock.calls.length;
    spy.mockRestore();
    return looked;
  };
  const [few, many] = [characters(2), characters(400)];
  expect(many).toBeLessThan(6 * few);
  expect(many).toBeLessThan(100 * text.length);
});

test('a text that looks like secrets all over is masked as a whole, and nothing of one comes out', () => {
  const length = 30_000;
  const secrets = secretIndex([`${'a'.repeat(length)}b`, `${'a'.repeat(length)}c`]);
  let steps = 0;
  const mask = textMask({
    ...secrets,
    find: (...place) => {
      const found = secrets.find(...place);
      steps += found.steps;
      return found;
    },
  });
  const shown = ['a'.repeat(length), 'a'.repeat(length), 'ab!', 'ok\n'.repeat(length), 'done\n'].map((part) =>
    mask.push(part),
  );
  expect(steps).toBeLessThan(5_000_000);
  const all = shown.join('') + mask.flush();
  expect(all).not.toContain('a'.repeat(100));
  expect(all).not.toContain('ab!');
  expect(all.endsWith('done\n')).toBe(true);
});

const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** Looks for all of them at every place. */
function plainlyMasked(secrets: readonly string[], text: string): string {
  const hidden = [...secretForms(secrets)];
  let [shown, end] = ['', 0];
  for (let at = 0; at <= text.length; at += 1) {
    const here = hidden.filter((secret) => text.startsWith(secret, at));
    const longest = Math.max(0, ...here.map((secret) => secret.length));
    if (longest > 0 && at >= end) shown += '[secret]';
    end = Math.max(end, at + longest);
    if (at >= end) shown += text[at] ?? '';
  }
  return shown;
}

/** The same numbers in every run. */
function seeded(seed: number): () => number {
  let state = seed + 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
