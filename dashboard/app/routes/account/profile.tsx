import { problemAt } from '../../api/problem.js';
import { Setting, SettingsSection } from '../../settings/setting.js';
import { Field } from '../../ui/field.js';
import { ChangeForm, useAnswer } from './change.js';

type Props = { readonly name: string; readonly email: string; readonly isEmailVerified: boolean };

/** Name and address. Another address counts once the link that is sent to it is opened. */
export function ProfileSection({ name, email, isEmailVerified }: Props) {
  const naming = useAnswer('name').problem;
  const moving = useAnswer('email').problem;
  return (
    <SettingsSection id="profile" title="Profile">
      <ChangeForm intent="name" refused="Your name is as it was." button="Save" busy="Saving">
        <Field
          name="name"
          label="Name"
          autoComplete="name"
          required
          maxLength={100}
          defaultValue={name}
          error={problemAt(naming, 'name')}
        />
      </ChangeForm>
      <Setting
        title={email}
        hint={isEmailVerified ? 'Verified.' : 'Not verified: open the link that was sent there.'}
      />
      {!isEmailVerified && (
        <ChangeForm intent="verification" refused="No link was sent." button="Send another link" busy="Sending" />
      )}
      <ChangeForm intent="email" refused="Your address is as it was." button="Change the address" busy="Sending">
        <Field
          name="email"
          label="Another email"
          type="email"
          autoComplete="email"
          required
          hint="It takes the place of yours once the link that is sent there is opened."
          error={problemAt(moving, 'email')}
        />
        <Field
          id="email-password"
          name="password"
          label="Your password, for the address"
          type="password"
          autoComplete="current-password"
          required
          error={problemAt(moving, 'password')}
        />
      </ChangeForm>
    </SettingsSection>
  );
}
