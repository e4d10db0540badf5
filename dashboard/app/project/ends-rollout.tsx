import { isInRollout } from '../deployment/state.js';
import type { Project } from './shown.js';

/** Beside a button that deploys: that a rollout does not wait for the new deployment to go live. Nothing where none goes on. */
export function EndsRollout({ project }: { readonly project: Project }) {
  const one = project.environment.deployments.nodes.find(isInRollout);
  return one ? (
    <p className="mt-1.5 text-xs text-muted lg:text-right">
      A new deployment ends the rollout of {one.number} as soon as it is queued.
    </p>
  ) : null;
}
