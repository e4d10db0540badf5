import type { SecurityEvent } from '@apployd/sdk';
import { SettingsSection } from '../../settings/setting.js';
import { Time } from '../../ui/time.js';
import { agentName } from './agent.js';

/** What happened to the account lately. */
export const SecurityEventsSection = ({ events }: { readonly events: readonly SecurityEvent[] }) => (
  <SettingsSection id="history" title="History">
    <ul className="divide-y divide-line">
      {events.map(({ id, kind, at, ipAddress, userAgent }) => (
        <li key={id} className="flex min-h-11 flex-wrap items-center justify-between gap-x-4 px-4 py-2.5 lg:px-5">
          <span className="font-medium">{words[kind] ?? kind}</span>
          <span className="text-sm text-muted [overflow-wrap:anywhere]">
            {agentName(userAgent)}, {ipAddress ?? 'unknown address'} · <Time at={at} />
          </span>
        </li>
      ))}
    </ul>
  </SettingsSection>
);

/** Kinds that come later are shown by their name. */
const words: Readonly<Record<string, string>> = {
  SIGNED_UP: 'Account made',
  SIGNED_IN: 'Signed in',
  SIGN_IN_REFUSED: 'Sign-in refused',
  SIGNED_OUT: 'Signed out',
  SIGNED_OUT_EVERYWHERE: 'Signed out everywhere',
  SESSION_REVOKED: 'Session ended',
  PASSWORD_CHANGED: 'Password changed',
  PASSWORD_RESET_REQUESTED: 'Password reset asked for',
  PASSWORD_RESET: 'Password reset by mail',
  VERIFICATION_SENT: 'Verification sent',
  EMAIL_VERIFIED: 'Address verified',
  UPDATED: 'Profile changed',
  TWO_FACTOR_BEGUN: 'Second factor begun',
  TWO_FACTOR_ENABLED: 'Second factor turned on',
  TWO_FACTOR_DISABLED: 'Second factor turned off',
  RECOVERY_CODES_RENEWED: 'Recovery codes renewed',
};
