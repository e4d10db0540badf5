import { ArrowUpFromLine } from 'lucide-react';
import { titleOf } from '../deployment/state.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { Act } from './act.js';
import type { Project } from './shown.js';

export type Target = Project['environments']['nodes'][number];
export type Promoted = Parameters<typeof titleOf>[0] & {
  readonly id: string;
  readonly status: string;
  readonly serving: string;
};

export type PromoteDialogProps = {
  readonly deployment: Promoted;
  readonly to: Target;
  readonly onClose: () => void;
};

/** The effect, before it takes place. */
export function PromoteDialog({ deployment, to, onClose }: PromoteDialogProps) {
  const live = to.liveDeployment;
  return (
    <Dialog
      title={`Promote ${deployment.number} to ${to.slug}?`}
      text={`“${titleOf(deployment)}” takes the traffic of ${to.hostname} once it answers its health check there.`}
      onClose={onClose}
    >
      <ul className="mt-3 ml-4.5 list-disc px-5 text-sm marker:text-subtle">
        <li>The same image, without a build: what was built into it stays as it is.</li>
        <li>It starts with the variables of {to.slug}, and with its memory and CPU.</li>
        <li>
          {live
            ? `Deployment ${live.number} serves until then, and stays ready for a roll back.`
            : 'Nothing serves there yet.'}
        </li>
        <li>Databases stay as they are.</li>
      </ul>
      <div className="mt-5 flex justify-end gap-2 px-5 pb-4">
        <Button onClick={onClose}>Cancel</Button>
        <Act
          intent="promote"
          kind="primary"
          icon={ArrowUpFromLine}
          environmentId={to.id}
          deploymentId={deployment.id}
          onSubmit={onClose}
        >
          Promote
        </Act>
      </div>
    </Dialog>
  );
}
