import type { Problem } from '../api/problem.js';
import { Notice } from '../ui/notice.js';

/** Why nothing was changed. */
export const NotChanged = ({ problem }: { readonly problem: Problem | null | undefined }) =>
  problem ? (
    <Notice className="mt-4" title="Nothing was changed." details={problem}>
      {problem.message}
    </Notice>
  ) : null;
