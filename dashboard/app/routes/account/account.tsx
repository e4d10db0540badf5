import type { ActionFunctionArgs, LoaderFunctionArgs, MetaFunction } from '@remix-run/node';
import { Form, Link, useLoaderData } from '@remix-run/react';
import { ChevronLeft, LogOut } from 'lucide-react';
import { useState } from 'react';
import { switchSingleKeys } from '../../keys/single-keys.js';
import { SettingsFrame } from '../../settings/frame.js';
import { Setting, SettingsSection } from '../../settings/setting.js';
import { Failure } from '../../shell/failure.js';
import type { Theme } from '../../shell/theme.js';
import { Button } from '../../ui/button.js';
import { cx } from '../../ui/cx.js';
import { Mark } from '../../ui/mark.js';
import { changeAccount } from './change.server.js';
import { loadAccount } from './load.server.js';
import { PasswordSection } from './password.js';
import { ProfileSection } from './profile.js';
import { SecondFactorSection } from './second-factor.js';
import { SecurityEventsSection } from './security-events.js';
import { SessionsSection } from './sessions.js';

export const meta: MetaFunction = () => [{ title: 'Account · Apployd' }];

export const loader = (call: LoaderFunctionArgs) => loadAccount(call);

export const action = (call: ActionFunctionArgs) => changeAccount(call);

const groups = [
  {
    title: 'You',
    entries: [
      { label: 'Profile', to: '#profile' },
      { label: 'Organizations', to: '#organizations' },
      { label: 'Appearance', to: '#appearance' },
      { label: 'Keyboard', to: '#keyboard' },
    ],
  },
  {
    title: 'Security',
    entries: [
      { label: 'Password', to: '#password' },
      { label: 'Sessions', to: '#sessions' },
      { label: 'Second factor', to: '#second-factor' },
      { label: 'History', to: '#history' },
    ],
  },
];

/** What is about the person and this browser, whatever organization they look at. */
export default function Account() {
  const { own, sessions, events, organizations, theme, singleKeys } = useLoaderData<typeof loader>();
  return (
    <main className="mx-auto max-w-[860px] px-4 pt-4 pb-20">
      <div className="flex items-center justify-between gap-4">
        <Link to="/" className="inline-flex min-h-11 items-center gap-2.5 font-semibold tracking-tight">
          <ChevronLeft size={16} className="-ml-1 text-muted" aria-hidden />
          <Mark /> Apployd
        </Link>
        <Form method="post" action="/logout" reloadDocument>
          <Button type="submit" icon={LogOut}>
            Sign out
          </Button>
        </Form>
      </div>
      <h1 className="mt-4 text-xl font-semibold tracking-tight">Account</h1>
      <SettingsFrame groups={groups}>
        <ProfileSection name={own.user.name} email={own.user.email ?? ''} isEmailVerified={own.isEmailVerified} />
        <SettingsSection id="organizations" title="Organizations">
          <ul className="divide-y divide-line">
            {organizations.map(({ id, slug, name, viewerRole }) => (
              <li
                key={id}
                className="relative flex min-h-11 items-center justify-between gap-4 px-4 py-2.5 hover:bg-hover lg:px-5"
              >
                <Link to={`/${slug}`} className="truncate font-medium after:absolute after:inset-0">
                  {name}
                </Link>
                <span className="text-sm text-muted">{viewerRole.toLowerCase()}</span>
              </li>
            ))}
          </ul>
          <Link
            to="/new"
            className="flex min-h-11 items-center px-4 py-2.5 font-medium text-accent hover:bg-hover lg:px-5"
          >
            New organization
          </Link>
        </SettingsSection>
        <SettingsSection id="appearance" title="Appearance">
          <Setting title="Theme" hint="System follows this device." applies="at once">
            <ThemeChoice theme={theme} />
          </Setting>
        </SettingsSection>
        <SettingsSection id="keyboard" title="Keyboard">
          <SingleKeys first={singleKeys} />
        </SettingsSection>
        <PasswordSection />
        <SessionsSection sessions={sessions} />
        <SecondFactorSection {...own} />
        <SecurityEventsSection events={events} />
      </SettingsFrame>
    </main>
  );
}

const themes = { light: 'Light', dark: 'Dark', system: 'System' } as const;

const ThemeChoice = ({ theme }: { readonly theme: Theme }) => (
  <Form method="post" action="/theme" reloadDocument className="flex gap-1.5">
    {(['light', 'dark', 'system'] as const).map((name) => (
      <Button
        key={name}
        type="submit"
        name="theme"
        value={name}
        small
        aria-pressed={name === theme}
        className={cx(name === theme && 'bg-raised')}
      >
        {themes[name]}
      </Button>
    ))}
  </Form>
);

function SingleKeys({ first }: { readonly first: boolean }) {
  const [isOn, setOn] = useState(first);
  const change = (on: boolean) => {
    switchSingleKeys(on);
    setOn(on);
  };
  return (
    <Setting title="Single keys" hint="Such as c for a new project, outside of fields; ? lists them." applies="at once">
      <input
        type="checkbox"
        aria-label="Single keys"
        checked={isOn}
        onChange={(event) => change(event.target.checked)}
        className="size-4 accent-[var(--accent-solid)] coarse:size-6"
      />
    </Setting>
  );
}

export const ErrorBoundary = () => <Failure page />;
