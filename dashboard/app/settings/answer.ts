import { type Problem, problemAt } from '../api/problem.js';

/** What became of a change: why nothing was changed, or what to say of it. */
export type Outcome = { readonly problem: Problem } | { readonly saved: string };

/** What became of the form that was sent last, by its name. */
export type Answer = Outcome & { readonly intent: string };

/** What is wrong with a field of this form. */
export const wrongIn = (answer: Answer | undefined, intent: string) => (path: string) =>
  answer?.intent === intent && 'problem' in answer ? problemAt(answer.problem, path) : undefined;
