import { useNavigate, useSubmit } from '@remix-run/react';
import { Command as Cmdk } from 'cmdk';
import { Search } from 'lucide-react';
import { useCallback, useState } from 'react';
import { useOrganization } from '../shell/organization-context.js';
import { useOverlays } from '../shell/overlays.js';
import { Dialog } from '../ui/dialog.js';
import { Kbd } from '../ui/kbd.js';
import type { Command, Question, Submission } from './command.js';
import { Line } from './line.js';
import type { PaletteProps } from './palette.js';
import { remember } from './recent.js';
import { useOffers } from './use-commands.js';

/** On a phone a full sheet; its field has the focus, so that the keyboard is there at once. */
const sheet = 'max-sm:inset-0 max-sm:max-h-none max-sm:rounded-none sm:max-w-[620px] overflow-hidden';

type Asked = { readonly question: Question; readonly submission: Submission };

export function PalettePanel({ onClose }: PaletteProps) {
  const { organization } = useOrganization();
  const { show } = useOverlays();
  const [query, setQuery] = useState('');
  const [asked, setAsked] = useState<Asked | null>(null);
  const showKeys = useCallback(() => show('keys'), [show]);
  const shown = useOffers(query, showKeys);
  const navigate = useNavigate();
  const send = useSend(onClose);

  const run = (command: Command) => {
    remember(organization.slug, command.id);
    if ('submit' in command.run) {
      const { submit: submission, question } = command.run;
      return question ? setAsked({ question, submission }) : send(submission);
    }
    onClose();
    if ('to' in command.run) navigate(command.run.to);
    else command.run.act();
  };

  return (
    <Dialog title="Search or run" isBare className={sheet} onClose={onClose}>
      {asked ? (
        <Ask {...asked} onYes={() => send(asked.submission)} onNo={() => setAsked(null)} />
      ) : (
        <Cmdk label="Search or run" shouldFilter={false} loop className="flex min-h-0 flex-1 flex-col">
          <label className="flex h-13 shrink-0 items-center gap-3 border-b border-line px-4">
            <Search size={16} className="shrink-0 text-subtle" aria-hidden />
            <Cmdk.Input
              value={query}
              onValueChange={setQuery}
              autoFocus
              placeholder="Projects, deployments, commits, actions"
              className="h-full min-w-0 flex-1 bg-transparent text-base text-fg outline-none placeholder:text-subtle max-lg:text-[16px]"
            />
            <button type="button" onClick={onClose} className="text-sm text-muted coarse:min-h-11 sm:hidden">
              Close
            </button>
          </label>
          <Cmdk.List className="min-h-0 flex-1 overflow-y-auto p-2 sm:max-h-[min(420px,60dvh)]">
            <Cmdk.Empty className="p-6 text-center text-muted">Nothing is called “{query}”.</Cmdk.Empty>
            {shown.map(({ group, commands }) => (
              <Cmdk.Group
                key={group}
                heading={group}
                className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-subtle"
              >
                {commands.map((command) => (
                  <Line key={command.id} {...command} id={`${group} ${command.id}`} onRun={() => run(command)} />
                ))}
              </Cmdk.Group>
            ))}
          </Cmdk.List>
          <Hints />
        </Cmdk>
      )}
    </Dialog>
  );
}

/** What is sent ends on a page, which also says why it was refused. */
function useSend(onClose: () => void) {
  const submit = useSubmit();
  return ({ action, fields }: Submission) => {
    onClose();
    submit(fields, { action, method: 'post' });
  };
}

type AskProps = Asked & { readonly onYes: () => void; readonly onNo: () => void };

/** What will happen, once more, before it does. */
const Ask = ({ question: { title, text, yes }, onYes, onNo }: AskProps) => (
  <Cmdk label={title} autoFocus tabIndex={-1} ref={(node) => node?.focus()} className="p-2 outline-none">
    <div className="px-2 pt-2 pb-3">
      <p className="text-lg font-semibold tracking-tight">{title}</p>
      <p className="mt-1 text-muted">{text}</p>
    </div>
    <Cmdk.List label={title}>
      <Line id="yes" title={yes} onRun={onYes} />
      <Line id="no" title="Back" onRun={onNo} />
    </Cmdk.List>
  </Cmdk>
);

const Hints = () => (
  <p className="flex items-center gap-4 border-t border-line px-4 py-2 text-xs text-subtle max-sm:hidden" aria-hidden>
    <span>
      <Kbd>↑</Kbd> <Kbd>↓</Kbd> choose
    </span>
    <span>
      <Kbd>Enter</Kbd> run
    </span>
    <span>
      <Kbd>Esc</Kbd> close
    </span>
  </p>
);
