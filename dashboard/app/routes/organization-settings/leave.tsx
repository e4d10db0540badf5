import { NotChanged } from '../../people/refusal.js';
import type { Answer } from '../../settings/answer.js';
import { Setting, SettingsSection } from '../../settings/setting.js';
import type { Organization } from '../../shell/organization-context.js';
import { Confirmed } from '../../ui/confirmed.js';

type Props = { readonly organization: Organization; readonly answer: Answer | undefined };

export const Leave = ({ organization: { id, name }, answer }: Props) => (
  <SettingsSection id="leave" title="Leave the organization">
    {answer?.intent === 'leave' && 'problem' in answer && (
      <div className="px-4 pb-4 lg:px-5">
        <NotChanged problem={answer.problem} />
      </div>
    )}
    <Setting
      title="Your membership ends"
      hint="What you deployed keeps running; your tokens there end. Its last owner cannot leave."
    >
      <Confirmed
        label="Leave"
        about={name}
        title={`Leave ${name}?`}
        text="You see nothing of it any more, until somebody invites you again."
        fields={{ intent: 'leave', organizationId: id }}
      />
    </Setting>
  </SettingsSection>
);
