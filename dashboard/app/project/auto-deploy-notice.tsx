import { Notice } from '../ui/notice.js';
import { Time } from '../ui/time.js';
import { Act } from './act.js';
import type { Project } from './shown.js';

type Props = { readonly environment: Project['environment'] };

/** That nothing deploys by itself, why, and the button that changes it. Only while it is so. */
export const AutoDeployNotice = ({ environment: { id, autoDeployPaused } }: Props) =>
  autoDeployPaused ? (
    <Notice
      row
      tone="info"
      title="Pushes do not deploy by themselves."
      action={
        <Act intent="resume" small environmentId={id}>
          Resume
        </Act>
      }
    >
      {autoDeployPaused.reason} Paused <Time at={autoDeployPaused.since} />; deploying by hand works as ever.
    </Notice>
  ) : null;
