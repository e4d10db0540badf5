import { Form, useNavigation } from '@remix-run/react';
import { Undo2 } from 'lucide-react';
import { Button } from '../ui/button.js';
import { Notice } from '../ui/notice.js';
import { exactOf } from '../ui/time-format.js';
import { useZone } from '../ui/zone.js';

type Props = { readonly projectId: string; readonly deletesAt: string; readonly base: string };

/** Over the pages of a project that was deleted: until when it can come back, and the button that brings it back. */
export function DeletedNotice({ projectId, deletesAt, base }: Props) {
  const zone = useZone();
  const isBusy = useNavigation().formData?.get('intent') === 'restore';
  return (
    <Notice
      tone="warn"
      className="mt-4"
      title="This project was deleted."
      action={
        <Form method="post" action={`${base}/settings`}>
          <input type="hidden" name="intent" value="restore" />
          <input type="hidden" name="projectId" value={projectId} />
          <Button type="submit" small icon={Undo2} disabled={isBusy}>
            {isBusy ? 'Restoring' : 'Restore'}
          </Button>
        </Form>
      }
    >
      Nothing of it runs. It can be restored until {exactOf(deletesAt, zone)}; then it is erased for good.
    </Notice>
  );
}
