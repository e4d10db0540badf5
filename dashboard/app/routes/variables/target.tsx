import type { Project } from '../../project/use-project.js';

/** Which environment, and which version of it the visitor has seen. */
export const Target = ({ project: { productionEnvironment } }: { readonly project: Project }) => (
  <>
    <input type="hidden" name="environmentId" value={productionEnvironment.id} />
    <input type="hidden" name="version" value={productionEnvironment.variablesVersion} />
  </>
);
