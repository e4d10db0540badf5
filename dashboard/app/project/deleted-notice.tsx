import { Form, useNavigation } from '@remix-run/react';
import { Undo2 } from 'lucide-react';
import { Button } from '../ui/button.js';
import { Notice } from '../ui/notice.js';
import { exactOf } from '../ui/time-format.js';
import { useZone } from '../ui/zone.js';

type Props = {
  readonly projectId: string;
  readonly deletesAt: string;
  readonly base: string;
  /** Whether the viewer may bring it back. */
  readonly isRestorable: boolean;
};

/** Over the pages of a project that was deleted: until when it can come back, and the button that brings it back. */
export function DeletedNotice({ projectId, deletesAt, base, isRestorable }: Props) {
  const zone = useZone();
  return (
    <Notice
      tone="warn"
      className="mt-4"
      title="This project was deleted."
      action={isRestorable && <Restore projectId={projectId} base={base} />}
    >
      Nothing of it runs. {isRestorable ? 'It' : 'By an admin it'} can be restored until {exactOf(deletesAt, zone)};
      then it is erased for good.
    </Notice>
  );
}

function Restore({ projectId, base }: Pick<Props, 'projectId' | 'base'>) {
  const isBusy = useNavigation().formData?.get('intent') === 'restore';
  return (
    <Form method="post" action={`${base}/settings`}>
      <input type="hidden" name="intent" value="restore" />
      <input type="hidden" name="projectId" value={projectId} />
      <Button type="submit" small icon={Undo2} disabled={isBusy}>
        {isBusy ? 'Restoring' : 'Restore'}
      </Button>
    </Form>
  );
}
