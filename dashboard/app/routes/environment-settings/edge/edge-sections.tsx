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

/** What edges do for an environment by themselves. A form is drawn anew when what it shows was changed. */
export function EdgeSections(props: EdgeProps) {
  const { maintenance, maintenanceMessage, users, underAttack, visitorLimit, bodyLimit, ...answers } = props.shown.edge;
  return (
    <>
      <Maintenance key={`maintenance ${maintenance} ${maintenanceMessage}`} {...props} />
      <Users key={`users ${JSON.stringify(users)}`} {...props} />
      <Limits key={`limits ${underAttack} ${visitorLimit} ${bodyLimit}`} {...props} />
      <Answers key={`answers ${JSON.stringify(answers)}`} {...props} />
    </>
  );
}
