import { ArrowUpFromLine, ChevronDown } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { isPromotable } from '../deployment/state.js';
import { ButtonLink } from '../ui/button.js';
import { later } from '../ui/later.js';
import { Menu } from '../ui/menu.js';
import { Act } from './act.js';
import type { Promoted, PromoteDialogProps, Target } from './promote-dialog.js';
import type { Project } from './shown.js';

const PromoteDialog = later<PromoteDialogProps>(() =>
  import('./promote-dialog.js').then((panel) => panel.PromoteDialog),
);

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

type ToProps = Pick<Props, 'deployment' | 'small'> & { readonly to: Target };

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
