import type { Project } from '../../project/shown.js';

/** Which environment, and which version of it the visitor has seen. */
export const Target = ({ project: { environment } }: { readonly project: Project }) => (
  <>
    <input type="hidden" name="environmentId" value={environment.id} />
    <input type="hidden" name="version" value={environment.variablesVersion} />
  </>
);
