import { Moon, Play, RefreshCw, Square, Sun } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { Button } from '../ui/button.js';
import { Dialog } from '../ui/dialog.js';
import { Act } from './act.js';
import type { Project } from './shown.js';

type Props = { readonly environment: Project['environment'] };

/** What can be done with what is live: start it where it is stopped, wake it where it sleeps, else restart or stop it. */
export function RunEnvironment({ environment: { id, desiredState } }: Props) {
  if (desiredState === 'STOPPED')
    return (
      <Act intent="start" kind="primary" small icon={Play} environmentId={id}>
        Start
      </Act>
    );
  const isAsleep = desiredState.endsWith('SLEEP');
  return (
    <>
      {isAsleep ? (
        <Act intent="wake" kind="primary" small icon={Sun} environmentId={id}>
          Wake
        </Act>
      ) : (
        <>
          <Asked environmentId={id} {...restart} />
          <Act intent="sleep" small icon={Moon} environmentId={id}>
            Sleep
          </Act>
        </>
      )}
      <Asked environmentId={id} {...stop} />
    </>
  );
}

const restart = {
  intent: 'restart',
  label: 'Restart',
  icon: RefreshCw,
  kind: 'primary',
  title: 'Restart it?',
  text: 'New instances of the same release start beside those that run, and take over once they answer their health check. Nothing is built, and visitors notice nothing.',
} as const;

const stop = {
  intent: 'stop',
  label: 'Stop',
  icon: Square,
  kind: 'danger',
  title: 'Stop it?',
  text: 'Nothing runs any more, and visitors are told so. A deployment that is on its way is canceled. The release is kept: Start brings it back without a build.',
} as const;

type AskedProps = { readonly environmentId: string } & (typeof restart | typeof stop);

/** Where scripts run it says first what that will do. */
function Asked({ environmentId, intent, label, icon, kind, title, text }: AskedProps) {
  const [isAsked, setAsked] = useState(false);
  const ask = (event: FormEvent) => {
    event.preventDefault();
    setAsked(true);
  };
  const close = () => setAsked(false);
  return (
    <>
      <Act intent={intent} small icon={icon} environmentId={environmentId} onSubmit={ask}>
        {label}
      </Act>
      {isAsked && (
        <Dialog title={title} text={text} onClose={close}>
          <div className="mt-5 flex justify-end gap-2 px-5 pb-4">
            <Button onClick={close}>Cancel</Button>
            <Act intent={intent} kind={kind} icon={icon} environmentId={environmentId} onSubmit={close}>
              {label}
            </Act>
          </div>
        </Dialog>
      )}
    </>
  );
}
