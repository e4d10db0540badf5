import { ButtonLink } from '../ui/button.js';
import { Notice } from '../ui/notice.js';
import { type Instead, titleOfFailure } from './title-of-failure.js';

type Props = {
  readonly failed: { readonly number: number; readonly failure: { readonly message: string } | null };
  /** Its environment: what serves in its place, if that does. */
  readonly instead: Instead;
  /** The address of the project. */
  readonly base: string;
  /** Where more than one project is on the page. */
  readonly project?: string;
};

/** `142 did not go live, 141 still serves`, with the cause and the way to the log. */
export const DidNotGoLive = ({ failed, instead, base, project }: Props) => (
  <Notice
    row
    title={`${project ? `${project}: ` : ''}${titleOfFailure(failed.number, instead)}`}
    action={
      <ButtonLink small to={`${base}/deployments/${failed.number}`}>
        Open log
      </ButtonLink>
    }
  >
    {failed.failure?.message}
  </Notice>
);
