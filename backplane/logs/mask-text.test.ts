import { expect, test } from 'vitest';
import { textMask } from './mask-text.js';

function masked(secrets: readonly string[], ...parts: readonly string[]): string {
  const mask = textMask(secrets);
  return parts.map((part) => mask.push(part)).join('') + mask.end();
}

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
  expect(textMask([]).push('text')).toBe('text');
});

test('what only begins like a secret appears in the end', () => {
  expect(masked(['hunter22'], 'hunt')).toBe('hunt');
  expect(masked(['hunter22'], 'hunt', 'ing')).toBe('hunting');
});

test('endless output that looks like the beginning of a secret is not kept', () => {
  const mask = textMask(['aaaab']);
  let length = 0;
  for (let i = 0; i < 1_000; i += 1) length += mask.push('a'.repeat(100)).length;
  expect(length).toBeGreaterThan(99_000);
});
