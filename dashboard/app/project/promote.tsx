import { ArrowUpFromLine, ChevronDown } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { isPromotable, titleOf } from '../deployment/state.js';
import { Button, ButtonLink } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { Menu } from '../ui/menu.js';
import { Act } from './act.js';
import type { Project } from './shown.js';

export type Target = Project['environments']['nodes'][number];
type Promoted = Parameters<typeof titleOf>[0] & {
  readonly id: string;
  readonly status: string;
  readonly serving: string;
};

type Props = {
  readonly deployment: Promoted;
  readonly project: Project;
  /** Where the deployment is shown, for who has no scripts. */
  readonly shownAt: string;
  readonly small?: boolean;
};

/** Brings a release that has proved itself live in another environment: one press for the only one, else a choice. */
export function Promote({ deployment, project, shownAt, small }: Props) {
  const [chosen, choose] = useState<Target | null>(null);
  const targets = targetsOf(project);
  const [only] = targets;
  if (!only || !isPromotable(deployment)) return null;
  if (targets.length === 1) return <PromoteTo deployment={deployment} to={only} small={small} />;
  const items = targets.map((to) => ({ label: `To ${to.slug}`, hint: hintOf(to), onSelect: () => choose(to) }));
  return (
    <>
      <Menu label="Promote" groups={[{ items }]} align="end">
        {(trigger) => (
          <ButtonLink to={shownAt} small={small} icon={ArrowUpFromLine} {...trigger}>
            Promote <ChevronDown size={14} aria-hidden />
          </ButtonLink>
        )}
      </Menu>
      {chosen && <PromoteDialog deployment={deployment} to={chosen} onClose={() => choose(null)} />}
    </>
  );
}

/** The other environments, production first; out of production nothing is promoted. */
function targetsOf({ environments, environment }: Project): readonly Target[] {
  if (environment.kind === 'PRODUCTION') return [];
  return environments.nodes.filter(({ id, deletesAt }) => id !== environment.id && !deletesAt);
}

const hintOf = ({ liveDeployment }: Target): string =>
  liveDeployment ? `${liveDeployment.number} serves there` : 'Nothing serves there yet';

type ToProps = { readonly deployment: Promoted; readonly to: Target; readonly small?: boolean };

/** Where scripts run it says first what that will do. */
function PromoteTo({ deployment, to, small }: ToProps) {
  const [isAsked, setAsked] = useState(false);
  const ask = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
  };
  return (
    <>
      <Act
        intent="promote"
        small={small}
        icon={ArrowUpFromLine}
        environmentId={to.id}
        deploymentId={deployment.id}
        onSubmit={ask}
      >
        Promote to {to.slug}
      </Act>
      {isAsked && <PromoteDialog deployment={deployment} to={to} onClose={() => setAsked(false)} />}
    </>
  );
}

/** The effect, before it takes place. */
function PromoteDialog({ deployment, to, onClose }: ToProps & { readonly onClose: () => void }) {
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
