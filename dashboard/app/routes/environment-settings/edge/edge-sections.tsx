import { Answers } from './answers.js';
import { Limits } from './limits.js';
import { Maintenance } from './maintenance.js';
import type { EdgeProps } from './section.js';
import { Users } from './users.js';

export const edgeEntries = [
  { label: 'Maintenance', to: '#maintenance' },
  { label: 'Password', to: '#users' },
  { label: 'Limits for visitors', to: '#limits' },
  { label: 'Headers, www and protocol', to: '#answers' },
];

/** What edges do for an environment by themselves. A form is drawn anew when what it shows was changed; that of passwords whenever anything was, since a new password is not shown. */
export function EdgeSections(props: EdgeProps) {
  const { maintenance, maintenanceMessage, underAttack, visitorLimit, bodyLimit, ...others } = props.shown.edge;
  const { users: _, ...answers } = others;
  return (
    <>
      <Maintenance key={`maintenance ${maintenance} ${maintenanceMessage}`} {...props} />
      <Users key={`users ${props.shown.edgeVersion}`} {...props} />
      <Limits key={`limits ${underAttack} ${visitorLimit} ${bodyLimit}`} {...props} />
      <Answers key={`answers ${JSON.stringify(answers)}`} {...props} />
    </>
  );
}
