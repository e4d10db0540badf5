import { problemAt } from '../../api/problem.js';
import { SettingsSection } from '../../settings/setting.js';
import { Field } from '../../ui/field.js';
import { ChangeForm, useAnswer } from './change.js';

export function PasswordSection() {
  const { problem } = useAnswer('password');
  return (
    <SettingsSection id="password" title="Password">
      <ChangeForm intent="password" refused="Your password is as it was." button="Change the password" busy="Changing">
        <Field
          name="currentPassword"
          label="Current password"
          type="password"
          autoComplete="current-password"
          required
          error={problemAt(problem, 'currentPassword')}
        />
        <Field
          name="newPassword"
          label="New password"
          type="password"
          autoComplete="new-password"
          required
          minLength={10}
          hint="At least 10 characters, of any kind. Every other session ends."
          error={problemAt(problem, 'newPassword')}
        />
      </ChangeForm>
    </SettingsSection>
  );
}
