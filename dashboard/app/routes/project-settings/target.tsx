import type { Project } from '../../project/use-project.js';

/** What is changed, and which versions of it the visitor has seen. */
export const Target = ({
  project: { id, version, settingsVersion, productionEnvironment },
}: {
  readonly project: Project;
}) => (
  <>
    <input type="hidden" name="projectId" value={id} />
    <input type="hidden" name="version" value={version} />
    <input type="hidden" name="settingsVersion" value={settingsVersion} />
    <input type="hidden" name="environmentId" value={productionEnvironment.id} />
    <input type="hidden" name="environmentVersion" value={productionEnvironment.version} />
  </>
);
