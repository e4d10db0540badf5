import { expect, test } from 'vitest';
import { dockerfileFacts } from './dockerfile-facts.js';

test('arguments are found in every place where they may be declared', () => {
  const text = 'ARG BASE=node:20\nFROM $BASE\narg lower\n# ARG commented\nARG A=1 \\\n  # why\n  B\nRUN echo ARG NOT\n';
  expect(dockerfileFacts(text).args).toEqual(['BASE', 'lower', 'A', 'B']);
});

test.each<[string, boolean, boolean]>([
  ['FROM x\nRUN --mount=type=secret,id=a cat', true, true],
  ['FROM x\nRUN --network=none --mount=id=a,type=ssh cat', true, true],
  ['FROM x\nRUN \\\n --mount=type=secret cat', true, true],
  ['FROM x\nRUN --mount=type=cache,target=/x cat', false, true],
  ['FROM x\nCOPY --chmod=755 a b', false, true],
  ['FROM x\n# RUN --mount=type=secret', false, false],
  ['FROM x\nCOPY --from=a --chown=1:1 a b\nRUN echo --mount=type=secret', false, false],
])('%j: secrets %s, BuildKit %s', (text, wantsSecrets, wantsBuildKit) => {
  expect(dockerfileFacts(text)).toMatchObject({ wantsSecrets, wantsBuildKit });
});
