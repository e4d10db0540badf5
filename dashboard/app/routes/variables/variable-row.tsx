import { Form } from '@remix-run/react';
import { Lock } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import type { Project } from '../../project/shown.js';
import { Button } from '../../ui/button.js';
import { Dialog } from '../../ui/dialog.js';
import { Time } from '../../ui/time.js';
import { Target } from './target.js';

export type Variable = Project['environment']['variables'][number];

type Props = {
  readonly variable: Variable;
  readonly project: Project;
  /** Before it goes. */
  readonly onRemove: (variable: Variable) => void;
};

export const VariableRow = ({ variable, project, onRemove }: Props) => (
  <div className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-2.5 lg:px-5">
    <span className="min-w-0 flex-1 basis-48 truncate font-mono text-xs font-medium">{variable.key}</span>
    <span className="min-w-0 flex-[2] basis-56 truncate font-mono text-xs text-muted">
      {variable.isSecret ? (
        <span className="inline-flex items-center gap-1.5 font-sans text-sm">
          <Lock size={13} aria-hidden /> Secret, not shown again
        </span>
      ) : (
        variable.value
      )}
    </span>
    <span className="text-sm text-subtle">
      <Time at={variable.updatedAt} />
      {variable.updatedBy && `, ${variable.updatedBy.name}`}
    </span>
    <Remove variable={variable} project={project} onRemove={onRemove} />
  </div>
);

/** At once, and it can be undone; but for a secret, whose value nobody could put back: that is asked first. */
function Remove({ variable, project, onRemove }: Props) {
  const [isAsked, setAsked] = useState(false);
  const onSubmit = (event: FormEvent) => {
    onRemove(variable);
    if (!variable.isSecret) return;
    event.preventDefault();
    setAsked(true);
  };
  const { key } = variable;
  return (
    <>
      <Form method="post" onSubmit={onSubmit}>
        <Target project={project} />
        <input type="hidden" name="intent" value="remove" />
        <Button type="submit" kind="quiet" small name="key" value={key}>
          Remove<span className="sr-only"> {key}</span>
        </Button>
      </Form>
      {isAsked && (
        <Dialog
          title={`Remove ${key}?`}
          text="Its value is secret: nobody can read it, so it cannot be put back."
          onClose={() => setAsked(false)}
        >
          <Form method="post" className="mt-5 flex justify-end gap-2 px-5 pb-4" onSubmit={() => setAsked(false)}>
            <Target project={project} />
            <input type="hidden" name="intent" value="remove" />
            <Button onClick={() => setAsked(false)}>Keep it</Button>
            <Button type="submit" kind="danger" name="key" value={key}>
              Remove
            </Button>
          </Form>
        </Dialog>
      )}
    </>
  );
}
