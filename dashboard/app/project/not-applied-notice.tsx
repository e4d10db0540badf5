import { isOver } from '../deployment/state.js';
import { ButtonLink } from '../ui/button.js';
import { Notice } from '../ui/notice.js';
import { Act } from './act.js';
import { notApplied } from './not-applied.js';
import type { Project } from './shown.js';

type Props = {
  readonly project: Project;
  readonly row?: boolean;
  readonly className?: string;
  /** Where they are set, for a page that does not show them. */
  readonly seeAt?: string;
};

const mostNamed = 4;

/** What was changed and does not hold yet, by name, and the button that makes it hold. Only when there is something. */
export function NotAppliedNotice({ project, row, className, seeAt }: Props) {
  const names = notApplied(
    project,
    project.environment.deployments.nodes.some(({ status }) => !isOver(status)),
  );
  if (names.length === 0) return null;
  const live = project.environment.liveDeployment?.number;
  return (
    <Notice
      row={row}
      tone="info"
      className={className}
      title={`${names.length} ${names.length === 1 ? 'variable' : 'variables'} changed since ${live}: ${listOf(names)}.`}
      action={
        <span className="flex gap-2">
          {seeAt && (
            <ButtonLink small to={seeAt}>
              See {names.length === 1 ? 'it' : 'them'}
            </ButtonLink>
          )}
          {project.repository && (
            <Act intent="deploy" small environmentId={project.environment.id}>
              Deploy now
            </Act>
          )}
        </span>
      }
    >
      {names.length === 1 ? 'It takes' : 'They take'} effect with the next deployment.
    </Notice>
  );
}

const listOf = (names: readonly string[]): string =>
  names.slice(0, mostNamed).join(', ') + (names.length > mostNamed ? ` and ${names.length - mostNamed} more` : '');
