import { problemAt } from '../../api/problem.js';
import type { Project } from '../../project/use-project.js';
import type { Answer } from './change.server.js';

/** What every form of the page shows, and what became of the one that was sent last. */
export type SectionProps = { readonly project: Project; readonly answer: Answer | undefined };

/** What is wrong with a field of this form. */
export const wrongIn = (answer: Answer | undefined, intent: string) => (path: string) =>
  answer?.intent === intent && 'problem' in answer ? problemAt(answer.problem, path) : undefined;
