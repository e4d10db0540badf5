import type { Project } from '../../project/shown.js';
import type { Answer } from '../../settings/answer.js';

export { wrongIn } from '../../settings/answer.js';

/** What every form of the page shows, and what became of the one that was sent last. */
export type SectionProps = { readonly project: Project; readonly answer: Answer | undefined };
