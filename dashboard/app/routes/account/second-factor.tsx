import { problemAt } from '../../api/problem.js';
import { Setting, SettingsSection } from '../../settings/setting.js';
import { Field } from '../../ui/field.js';
import { ChangeForm, useAnswer, useShown } from './change.js';
import { NewFactor } from './new-factor.js';
import { RecoveryCodes } from './recovery-codes.js';

type Props = { readonly hasTwoFactor: boolean; readonly recoveryCodesLeft: number | null };

/** A code besides the password: turned on in two steps, off in one. */
export const SecondFactorSection = ({ hasTwoFactor, recoveryCodesLeft }: Props) => (
  <SettingsSection id="second-factor" title="Second factor">
    {hasTwoFactor ? <On codesLeft={recoveryCodesLeft ?? 0} /> : <Off />}
  </SettingsSection>
);

function Off() {
  const begun = useShown('begin');
  return (
    <>
      <Setting title="Off" hint="The password alone signs in. An authenticator app can be asked for a code as well." />
      {begun?.otpauthUri ? (
        <NewFactor begun={begun} />
      ) : (
        <ChangeForm intent="begin" refused="Nothing was begun." button="Turn on" busy="Beginning">
          <PasswordField intent="begin" />
        </ChangeForm>
      )}
    </>
  );
}

function On({ codesLeft }: { readonly codesLeft: number }) {
  const { done } = useAnswer('confirm');
  const renewed = useShown('recovery');
  return (
    <>
      <Setting title="On" hint={done ?? `Signing in asks for a code. ${codesLeft} recovery codes are left.`} />
      <ChangeForm
        intent="recovery"
        refused="There are no new codes to show."
        button="Make new recovery codes"
        busy="Making"
      >
        <PasswordField intent="recovery" />
      </ChangeForm>
      {renewed?.recoveryCodes && <RecoveryCodes codes={renewed.recoveryCodes} />}
      <ChangeForm intent="disable" refused="It is still on." button="Turn off" busy="Turning off" kind="danger">
        <PasswordField intent="disable" />
      </ChangeForm>
    </>
  );
}

const labels = {
  begin: 'Your password, to begin',
  recovery: 'Your password, for new codes',
  disable: 'Your password, to turn it off',
} as const;

const PasswordField = ({ intent }: { readonly intent: keyof typeof labels }) => (
  <Field
    id={`${intent}-password`}
    name="password"
    label={labels[intent]}
    type="password"
    autoComplete="current-password"
    required
    error={problemAt(useAnswer(intent).problem, 'password')}
  />
);
