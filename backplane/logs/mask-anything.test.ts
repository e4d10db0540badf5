import { randomUUID } from 'node:crypto';
import { buildLogOf } from '@apployd/core/log-line';
import { shortestMasked } from '@apployd/core/variable';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { maskText, textMask } from './mask-text.js';
import { memoryLogs } from './memory.js';
import { secretIndex } from './secret-index.js';
import { logWriter } from './write-log.js';

const secrets = fc.array(fc.string({ unit: 'grapheme', minLength: shortestMasked, maxLength: 40 }), {
  minLength: 1,
  maxLength: 5,
});
/** What lies between secrets, as indexes into them or as other text. */
const pieces = fc.array(fc.oneof(fc.nat(4), fc.string({ unit: 'grapheme', maxLength: 20 })), { maxLength: 12 });
const cuts = fc.array(fc.nat(400), { maxLength: 12 });

function textOf(values: readonly string[], parts: readonly (number | string)[]): string {
  return parts.map((part) => (typeof part === 'string' ? part : (values[part % values.length] ?? ''))).join('');
}

function chunks(text: string, at: readonly number[]): string[] {
  const places = [0, ...[...at].map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length];
  return places.slice(1).map((end, i) => text.slice(places[i], end));
}

test('no secret leaks from any text, however it comes in parts', () => {
  fc.assert(
    fc.property(secrets, pieces, cuts, (values, parts, at) => {
      const mask = textMask(secretIndex(values));
      const shown =
        chunks(textOf(values, parts), at)
          .map((chunk) => mask.push(chunk))
          .join('') + mask.flush();
      for (const part of shown.split(maskText)) for (const value of values) expect(part).not.toContain(value);
    }),
  );
});

test('no secret leaks when what is kept has to be shown in between', () => {
  fc.assert(
    fc.property(secrets, pieces, cuts, (values, parts, at) => {
      const mask = textMask(secretIndex(values));
      const shown = chunks(textOf(values, parts), at)
        .map((chunk) => mask.push(chunk) + mask.flush())
        .join('');
      for (const part of shown.split(maskText)) for (const value of values) expect(part).not.toContain(value);
    }),
  );
});

test('what is no secret is never changed', () => {
  const digits = fc.array(fc.oneof(fc.nat(4), fc.stringMatching(/^[0-9 \n.]{0,20}$/)), { maxLength: 12 });
  const letters = fc.array(fc.stringMatching(/^[a-z]{4,20}$/), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(letters, digits, cuts, (values, parts, at) => {
      const mask = textMask(secretIndex(values));
      const shown =
        chunks(textOf(values, parts), at)
          .map((chunk) => mask.push(chunk))
          .join('') + mask.flush();
      expect(shown.replaceAll(maskText, '')).toBe(parts.filter((part) => typeof part === 'string').join(''));
    }),
  );
});

test('no secret leaks into the stored log, whatever is written how and stored when', async () => {
  const lines = fc.array(fc.tuple(pieces, fc.constantFrom('write', 'line', 'flush')), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(secrets, lines, async (values, all) => {
      const logs = memoryLogs();
      const stream = buildLogOf(randomUUID());
      const ids = { organizationId: randomUUID(), deploymentId: randomUUID() };
      const writer = logWriter(logs, { stream, ...ids, mask: values, onError: () => expect.unreachable() });
      for (const [parts, how] of all) {
        if (how === 'flush') await writer.flush();
        else writer[how](textOf(values, parts));
      }
      await writer.close();
      const { lines: stored } = await logs.read(stream, { limit: 1_000 });
      const text = stored.map(({ message }) => message).join('\n');
      for (const part of text.split(maskText)) for (const value of values) expect(part).not.toContain(value);
    }),
    { numRuns: 60 },
  );
});
