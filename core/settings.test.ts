import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sleepsAfterMinutes } from './settings.js';

const minutes = fc.integer({ min: 1, max: 10_080 });

test('a project sleeps when it was chosen to, and at the latest when its plan has it', () => {
  fc.assert(
    fc.property(minutes, minutes, (chosen, ofPlan) => {
      expect(sleepsAfterMinutes(chosen, ofPlan)).toBe(chosen < ofPlan ? chosen : ofPlan);
      expect(sleepsAfterMinutes(null, ofPlan)).toBe(ofPlan);
      expect(sleepsAfterMinutes(chosen, null)).toBe(chosen);
    }),
  );
  expect(sleepsAfterMinutes(null, null)).toBeNull();
});
