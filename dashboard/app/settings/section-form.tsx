import { Form, useNavigation } from '@remix-run/react';
import type { ReactNode } from 'react';
import { Button } from '../ui/button.js';
import { Notice } from '../ui/notice.js';
import { Panel } from '../ui/panel.js';
import { useFocusWrong } from '../ui/use-focus-wrong.js';
import type { Answer } from './answer.js';

type Props = {
  readonly id: string;
  readonly title: string;
  readonly text?: ReactNode;
  readonly intent: string;
  readonly answer: Answer | undefined;
  /** What the button says, where it ends something rather than saves. */
  readonly danger?: string;
  /** What there is already, over the fields; forms of its own may be in it. */
  readonly before?: ReactNode;
  /** What became of something that is there. */
  readonly note?: string;
  /** What the button says, where it adds rather than saves. */
  readonly save?: string;
  readonly children: ReactNode;
};

/** Settings that are saved together, and what became of the last time. */
export function SectionForm(props: Props) {
  const { id, title, text, intent, answer, danger, before, note, save = 'Save', children } = props;
  const own = answer?.intent === intent ? answer : undefined;
  const problem = own && 'problem' in own ? own.problem : undefined;
  const isBusy = useNavigation().formData?.get('intent') === intent;
  return (
    <Panel className="p-4 lg:p-5">
      <h2 id={id} className="scroll-mt-16 font-semibold">
        {title}
      </h2>
      {text && <p className="mt-0.5 text-sm text-muted">{text}</p>}
      {before}
      <Form ref={useFocusWrong(problem)} method="post">
        {problem && (
          <Notice className="mt-3" title="Nothing was changed." details={problem}>
            {problem.message}
          </Notice>
        )}
        <input type="hidden" name="intent" value={intent} />
        <div className="mt-4 grid gap-4 sm:grid-cols-2">{children}</div>
        <div className="mt-4 flex flex-wrap items-center gap-x-4 gap-y-2">
          <Button type="submit" kind={danger ? 'danger' : 'primary'} disabled={isBusy}>
            {danger ?? (isBusy ? 'Saving' : save)}
            {!danger && <span className="sr-only"> {title}</span>}
          </Button>
          <p role="status" className="min-w-0 flex-1 text-sm text-muted">
            {own && 'saved' in own ? own.saved : (note ?? '')}
          </p>
        </div>
      </Form>
    </Panel>
  );
}
