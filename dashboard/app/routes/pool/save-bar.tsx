import { Form, useNavigation } from '@remix-run/react';
import { formatOf } from '../../pool/resources.js';
import type { Change, Slices } from '../../pool/use-division.js';
import { Button } from '../../ui/button.js';
import { divisionForm } from './division-form.js';

type Props = {
  readonly organizationId: string;
  readonly version: number;
  readonly slices: Slices;
  readonly changes: readonly Change[];
  readonly onDiscard: () => void;
  readonly onSend: (projectIds: readonly string[]) => void;
};

/** What would change, and the button that does it. Nothing applies before that. */
export function SaveBar({ organizationId, version, slices, changes, onDiscard, onSend }: Props) {
  const isBusy = useNavigation().state !== 'idle';
  const ids = [...new Set(changes.map(({ projectId }) => projectId))];
  const sent = ids.flatMap((projectId) => {
    const limits = slices[projectId];
    return limits ? [{ projectId, limits }] : [];
  });
  return (
    <div className="rise fixed inset-x-3 bottom-[calc(64px+env(safe-area-inset-bottom))] z-40 lg:sticky lg:inset-x-auto lg:bottom-4 lg:mt-4">
      <Form
        method="post"
        onSubmit={() => onSend(ids)}
        className="flex items-center gap-3 floating rounded-xl p-3 lg:px-5"
      >
        {Object.entries(divisionForm(organizationId, version, sent)).map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        <p className="min-w-0 flex-1">
          <span className="font-semibold">
            {changes.length} {changes.length === 1 ? 'change' : 'changes'}.
          </span>{' '}
          <span className="text-muted max-sm:block max-sm:text-sm">{wordsOf(changes)}</span>
        </p>
        <Button kind="quiet" onClick={onDiscard}>
          Discard
        </Button>
        <Button type="submit" kind="primary" disabled={isBusy}>
          {isBusy ? 'Applying' : 'Apply'}
        </Button>
      </Form>
    </div>
  );
}

function wordsOf(changes: readonly Change[]): string {
  const [first] = changes;
  if (!first || changes.length > 1) return 'All of them apply, or none.';
  return `${first.name}: ${formatOf(first.resource, first.from)} becomes ${formatOf(first.resource, first.to)}.`;
}
