import { RotateCcw } from 'lucide-react';
import { type FormEvent, type ReactNode, useState } from 'react';
import { titleOf } from '../deployment/state.js';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { span } from '../ui/span.js';
import { Act } from './act.js';
import type { DeploymentRow } from './shown.js';

type Props = {
  readonly to: DeploymentRow;
  readonly environmentId: string;
  readonly small?: boolean;
  readonly className?: string;
  readonly children?: ReactNode;
};

/** Brings an earlier release back; where scripts run it says first what that will do. */
export function RollBack({ to, environmentId, small, className, children }: Props) {
  const [isAsked, setAsked] = useState(false);
  const ask = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
  };
  return (
    <>
      <Act
        intent="rollback"
        small={small}
        icon={RotateCcw}
        environmentId={environmentId}
        deploymentId={to.id}
        className={className}
        onSubmit={ask}
      >
        {children ?? `Roll back to ${to.number}`}
      </Act>
      {isAsked && <RollBackDialog to={to} environmentId={environmentId} onClose={() => setAsked(false)} />}
    </>
  );
}

type DialogProps = Pick<Props, 'to' | 'environmentId'> & { readonly onClose: () => void };

/** The effect, before it takes place. */
export function RollBackDialog({ to, environmentId, onClose }: DialogProps) {
  const [restoreVariables, setRestore] = useState(false);
  return (
    <Dialog
      title={`Roll back to ${to.number}?`}
      text={`“${titleOf(to)}” takes the traffic again once it answers its health check.`}
      onClose={onClose}
    >
      <ul className="mt-3 ml-4.5 list-disc px-5 text-sm marker:text-subtle">
        <li>The same image as before, without a build{lastStart(to)}.</li>
        <li>
          {restoreVariables
            ? 'The variables become what they were then, as a new version.'
            : 'It starts with the variables of now.'}
        </li>
        <li>Databases stay as they are, and no deployment is deleted.</li>
        <li>Pushes do not deploy by themselves until you resume that.</li>
      </ul>
      <label className="mt-3 flex min-h-8 items-center gap-2.5 px-5 text-sm coarse:min-h-11">
        <input
          type="checkbox"
          checked={restoreVariables}
          onChange={(event) => setRestore(event.target.checked)}
          className="size-4 accent-[var(--accent-solid)] coarse:size-6"
        />
        With the variables of that time
      </label>
      <div className="mt-5 flex justify-end gap-2 px-5 pb-4">
        <Button onClick={onClose}>Cancel</Button>
        <Act
          intent="rollback"
          kind="primary"
          icon={RotateCcw}
          environmentId={environmentId}
          deploymentId={to.id}
          restoreVariables={restoreVariables}
          onSubmit={onClose}
        >
          Roll back
        </Act>
      </div>
    </Dialog>
  );
}

const starting: readonly string[] = ['START', 'HEALTH_CHECK', 'SWITCH'];

/** How long it took the last time, from its start on. */
function lastStart({ stages }: DeploymentRow): string {
  const known = stages.filter(({ name, startedAt, finishedAt }) => starting.includes(name) && startedAt && finishedAt);
  if (known.length < starting.length) return '';
  const ms = known.reduce((sum, each) => sum + Date.parse(each.finishedAt ?? '') - Date.parse(each.startedAt ?? ''), 0);
  return `, about ${span(Math.max(1_000, ms))}`;
}
