import { expect, test } from 'vitest';
import { standsOn } from './stands-on.js';

test.each<[string, readonly string[]]>([
  ['FROM node:20-alpine\nRUN x', ['node:20-alpine']],
  ['from --platform=linux/amd64 a/b:c AS build\nFROM Build\nCOPY --from=build x y', ['a/b:c']],
  ['FROM a AS one\nFROM scratch\nCOPY --chown=1:1 --from=0 x y\nCOPY --from=nginx:1 x y', ['a', 'nginx:1']],
  ['FROM localhost:5000/a_b/c-d:1.2_X\nFROM b', ['localhost:5000/a_b/c-d:1.2_X', 'b']],
  [`FROM a@sha256:${'0'.repeat(64)}`, [`a@sha256:${'0'.repeat(64)}`]],
  [
    '# syntax=docker/dockerfile:1\nFROM a\nRUN one \\\n  # why\n  && FROM b \\\n\n  && two\nADD archive.tar.gz /x',
    ['a'],
  ],
])('%j stands on %j', (text, images) => {
  expect(standsOn(text)).toEqual(images);
});

test.each([
  'ARG TAG=20\nFROM node:$TAG',
  'FROM --platform=$BUILDPLATFORM a',
  'FROM a\nCOPY --from=${OTHER} x y',
  'FROM a\nADD https://example.com/x /x',
  'FROM a\nADD --chown=1 git@example.com:a/b.git /x',
  'FROM a\nADD ["https:\\/\\/example.com/x", "/x"]',
  'FROM a\nADD https:\\\n//example.com/x /x',
  'FROM a\nARG WHERE\nADD $WHERE /x',
  'FROM a AS b\nONBUILD ADD https://example.com/x /x\nFROM b',
  'FROM a\nONBUILD COPY --from=c x y',
  'FROM node:20-\\\nalpine',
  'FR\\\nOM node',
  'FROM a\nCOPY \\\n  --from=b x y',
  'FROM a\nRUN echo \\\\\nCOPY --from=b x y',
  '# escape=`\nFROM a\nRUN x `\n y',
  'FROM "node:20"',
  'FROM a\nCOPY --from="nginx:1" x y',
  'FROM a\nCOPY --chown="a b" --from=nginx x y',
  'FROM Node:20',
  'FROM node:20:alpine',
  'FROM get?names=node:20&',
  'FROM ../events',
  'FROM a/../../events',
  'FROM a//b',
  'FROM a%2f..%2fevents',
  'FROM ñode',
  `FROM ${'a'.repeat(256)}`,
  Array.from({ length: 21 }, (_, i) => `FROM image-${i}`).join('\n'),
])('what %j stands on is Docker’s to tell', (text) => {
  expect(standsOn(text)).toBeNull();
});
