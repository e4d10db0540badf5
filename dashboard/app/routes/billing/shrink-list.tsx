import { resourceKinds } from '../../pool/resources.js';
import { type TooSmall, whatIsToShrink } from './what-is-to-shrink.js';

type Props = { readonly tooSmall: TooSmall; readonly slugOf: (projectId: string) => string };

/** Who holds how much of what a plan gives too little of, the largest first. */
export const ShrinkList = ({ tooSmall, slugOf }: Props) => (
  <div className="mt-2 grid gap-2">
    {whatIsToShrink(tooSmall).map(({ resource, together, projects }) => (
      <div key={resource}>
        <p className="font-medium">
          {together === null
            ? `Of ${resourceKinds[resource].lower}, one project holds too much:`
            : `The projects are to give up ${together} together:`}
        </p>
        <ul className="mt-0.5 grid gap-0.5">
          {projects.map(({ projectId, holds, most }) => (
            <li key={projectId}>
              {slugOf(projectId)} <span className="num">{holds}</span>
              {most !== null && `, of which one project may hold ${most}`}
            </li>
          ))}
        </ul>
      </div>
    ))}
  </div>
);
