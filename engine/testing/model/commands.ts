import fc from 'fast-check';

/** What may happen, in any order. Numbers pick one of those that are there. */
export type Command =
  | { readonly kind: 'create'; readonly environment: 0 | 1; readonly app: 'good' | 'sick' | 'unfetchable' }
  | { readonly kind: 'rollback'; readonly environment: 0 | 1; readonly pick: number }
  /** What went live in one environment, to the other. */
  | { readonly kind: 'promote'; readonly to: 0 | 1; readonly pick: number }
  | { readonly kind: 'cancel'; readonly pick: number }
  | { readonly kind: 'kill'; readonly worker: 0 | 1; readonly afterCalls: number }
  /** An instance ends that nobody has ended. */
  | { readonly kind: 'crash'; readonly pick: number }
  /** A fault of ours: whatever is built next fails once, and is tried again. */
  | { readonly kind: 'fault' }
  | { readonly kind: 'reconcile' };

const either = fc.constantFrom(0 as const, 1 as const);
const pick = fc.nat({ max: 20 });

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('create' as const),
      environment: either,
      app: fc.constantFrom('good' as const, 'good' as const, 'good' as const, 'sick' as const, 'unfetchable' as const),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('rollback' as const), environment: either, pick }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('promote' as const), to: either, pick }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel' as const), pick }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('kill' as const), worker: either, afterCalls: fc.nat({ max: 60 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('crash' as const), pick }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'fault' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'reconcile' as const }) },
);

/** What happens, and how much the workers do before the next thing does, in calls to the outside. */
export const happenings = fc.array(fc.record({ command, then: fc.nat({ max: 80 }) }), { minLength: 2, maxLength: 12 });
