import { ButtonLink } from '../ui/button.js';
import { Notice } from '../ui/notice.js';

type Props = {
  readonly failed: { readonly number: number; readonly failure: { readonly message: string } | null };
  /** What serves in its place. */
  readonly live: { readonly number: number } | null;
  /** The address of the project. */
  readonly base: string;
  /** Where more than one project is on the page. */
  readonly project?: string;
};

/** `142 did not go live, 141 still serves`, with the cause and the way to the log. */
export const DidNotGoLive = ({ failed, live, base, project }: Props) => (
  <Notice
    row
    title={`${project ? `${project}: ` : ''}${failed.number} did not go live${live ? `, ${live.number} still serves` : ''}.`}
    action={
      <ButtonLink small to={`${base}/deployments/${failed.number}`}>
        Open log
      </ButtonLink>
    }
  >
    {failed.failure?.message}
  </Notice>
);
