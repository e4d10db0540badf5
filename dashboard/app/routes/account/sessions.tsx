import { Form, useNavigation } from '@remix-run/react';
import type { Session } from '@apployd/sdk';
import { SettingsSection } from '../../settings/setting.js';
import { Button } from '../../ui/button.js';
import { Notice } from '../../ui/notice.js';
import { Time } from '../../ui/time.js';
import { agentName } from './agent.js';
import { ChangeForm, useAnswer } from './change.js';

/** Where the person is signed in; each can be ended, and all others at once. */
export function SessionsSection({ sessions }: { readonly sessions: readonly Session[] }) {
  const { done, problem } = useAnswer('session');
  return (
    <SettingsSection id="sessions" title="Sessions">
      {done && <Notice row tone="info" title={done} />}
      {problem && (
        <Notice row title="The session goes on." details={problem}>
          {problem.message}
        </Notice>
      )}
      <ul className="divide-y divide-line">
        {sessions.map((session) => (
          <SessionRow key={session.id} session={session} />
        ))}
      </ul>
      {sessions.length > 1 && (
        <ChangeForm
          intent="everywhere"
          refused="No session was ended."
          button="Sign out everywhere else"
          busy="Ending"
        />
      )}
    </SettingsSection>
  );
}

function SessionRow({ session }: { readonly session: Session }) {
  const { id, userAgent, ipAddress, lastSeenAt, isCurrent } = session;
  const isBusy = useNavigation().formData?.get('sessionId') === id;
  const name = agentName(userAgent);
  return (
    <li className="flex min-h-11 items-center justify-between gap-4 px-4 py-2.5 lg:px-5">
      <div className="min-w-0">
        <p className="truncate font-medium">
          {name} {isCurrent && <span className="font-normal text-muted">· this one</span>}
        </p>
        <p className="text-sm text-muted [overflow-wrap:anywhere]">
          {ipAddress ?? 'Unknown address'} · <Time at={lastSeenAt} />
        </p>
      </div>
      <Form method="post">
        <input type="hidden" name="intent" value="session" />
        <input type="hidden" name="sessionId" value={id} />
        {isCurrent && <input type="hidden" name="isCurrent" value="1" />}
        <Button type="submit" small disabled={isBusy} aria-label={isCurrent ? 'End this session' : `End ${name}`}>
          End
        </Button>
      </Form>
    </li>
  );
}
