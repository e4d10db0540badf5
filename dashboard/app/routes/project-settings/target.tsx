import type { Project } from '../../project/shown.js';

/** What is changed, and which versions of it the visitor has seen. */
export const Target = ({ project: { id, version, settingsVersion, environment } }: { readonly project: Project }) => (
  <>
    <input type="hidden" name="projectId" value={id} />
    <input type="hidden" name="version" value={version} />
    <input type="hidden" name="settingsVersion" value={settingsVersion} />
    <input type="hidden" name="environmentId" value={environment.id} />
    <input type="hidden" name="environmentVersion" value={environment.version} />
  </>
);
