import { Notice } from '../ui/notice.js';
import { exactOf } from '../ui/time-format.js';
import { useZone } from '../ui/zone.js';
import { RestoreEnvironment } from './restore-environment.js';

type Props = {
  readonly environment: { readonly id: string; readonly slug: string };
  readonly deletesAt: string;
  /** Whether the viewer may bring it back. */
  readonly isRestorable: boolean;
};

/** Over the pages of an environment that was deleted: until when it can come back, and the button that brings it back. */
export function DeletedEnvironmentNotice({ environment: { id, slug }, deletesAt, isRestorable }: Props) {
  const zone = useZone();
  return (
    <Notice
      tone="warn"
      className="mt-4"
      title={`The environment ${slug} was deleted.`}
      action={isRestorable && <RestoreEnvironment environmentId={id} />}
    >
      Nothing of it runs. {isRestorable ? 'It' : 'By an admin it'} can be restored until {exactOf(deletesAt, zone)};
      then it is erased for good.
    </Notice>
  );
}
