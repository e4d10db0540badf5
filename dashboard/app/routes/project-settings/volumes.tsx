import { Form, useNavigation } from '@remix-run/react';
import { Undo2 } from 'lucide-react';
import type { Project } from '../../project/shown.js';
import { SectionForm } from '../../settings/section-form.js';
import { Button } from '../../ui/button.js';
import { Confirmed } from '../../ui/confirmed.js';
import { Field } from '../../ui/field.js';
import { exactOf } from '../../ui/time-format.js';
import { useZone } from '../../ui/zone.js';
import { type SectionProps, wrongIn } from './section.js';
import { Target } from './target.js';

type Volume = Project['environment']['volumes'][number];

/** Directories that outlive releases: those that are there, and one more. */
export function Volumes({ project, answer, isDeletable }: SectionProps & { readonly isDeletable: boolean }) {
  const wrong = wrongIn(answer, 'volume-create');
  const { volumes } = project.environment;
  const other = answer?.intent.startsWith('volume-') && answer.intent !== 'volume-create' ? answer : undefined;
  return (
    <SectionForm
      id="volumes"
      title="Volumes"
      text="Folders whose content outlives deployments and restarts. One instance at a time writes into them: with a volume a deployment stops what runs before it starts the new release, so that nobody is served for that moment, and the environment runs one instance. They are there from the next deployment or restart on."
      intent="volume-create"
      answer={answer}
      before={
        volumes.length > 0 && (
          <ul className="mt-4 divide-y divide-line rounded-md border border-line">
            {volumes.map((volume) => (
              <Row key={volume.id} volume={volume} isDeletable={isDeletable} />
            ))}
          </ul>
        )
      }
      note={other && ('saved' in other ? other.saved : other.problem.message)}
      save="Add"
    >
      <Target project={project} />
      <Field
        name="name"
        label="Name of the volume"
        required
        placeholder="data"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        error={wrong('name')}
      />
      <Field
        name="mountPath"
        label="Mounted at"
        required
        placeholder="/data"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        hint="An absolute path. Where releases run as plain processes the app finds its folder in the variable instead."
        error={wrong('mountPath')}
      />
    </SectionForm>
  );
}

function Row({ volume, isDeletable }: { readonly volume: Volume; readonly isDeletable: boolean }) {
  const zone = useZone();
  const { id, name, mountPath, variable, deletesAt } = volume;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 px-3 py-2.5">
      <span className="min-w-0 flex-1 basis-40">
        <span className="font-medium">{name}</span> <span className="font-mono text-xs text-muted">{mountPath}</span>
        <span className="block truncate text-sm text-subtle">
          {deletesAt ? (
            `Deleted; erased with all that is in it at ${exactOf(deletesAt, zone)}`
          ) : (
            <span className="font-mono text-xs">{variable}</span>
          )}
        </span>
      </span>
      {isDeletable && (deletesAt ? <Restore volumeId={id} name={name} /> : <Delete volume={volume} />)}
    </li>
  );
}

const Delete = ({ volume: { id, name, mountPath } }: { readonly volume: Volume }) => (
  <Confirmed
    label="Delete"
    about={`the volume ${name}`}
    title={`Delete the volume ${name}?`}
    text={`What is started from now on finds nothing at ${mountPath}. For 72 hours it can be restored; then it is erased with all that is in it.`}
    fields={{ intent: 'volume-delete', volumeId: id, confirmName: name }}
  />
);

function Restore({ volumeId, name }: { readonly volumeId: string; readonly name: string }) {
  const isBusy = useNavigation().formData?.get('intent') === 'volume-restore';
  return (
    <Form method="post">
      <input type="hidden" name="intent" value="volume-restore" />
      <Button type="submit" small icon={Undo2} name="volumeId" value={volumeId} disabled={isBusy}>
        Restore<span className="sr-only"> the volume {name}</span>
      </Button>
    </Form>
  );
}
