import { SectionForm } from '../../../settings/section-form.js';
import { LinesField } from './lines-field.js';
import { type EdgeProps, EdgeTarget, wrongLine } from './section.js';

export const Users = ({ shown, answer }: EdgeProps) => (
  <SectionForm
    id="users"
    title="Password"
    text="Only those whom you name here get in, with a password that their browser asks for. Without any, everybody does."
    intent="users"
    answer={answer}
  >
    <EdgeTarget shown={shown} />
    <LinesField
      name="users"
      label="One a line: name, password"
      lines={shown.edge.users.join('\n')}
      placeholder="ada a long password"
      hint="Who stands here without a password keeps theirs; who is left out does not get in any more. Passwords are not shown again."
      wrong={wrongLine(answer, 'users', 'users')}
    />
  </SectionForm>
);
