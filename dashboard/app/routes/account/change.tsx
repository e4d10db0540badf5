import { Form, useActionData, useNavigation } from '@remix-run/react';
import { type ReactNode, useEffect, useState } from 'react';
import type { Problem } from '../../api/problem.js';
import { Button } from '../../ui/button.js';
import { Notice } from '../../ui/notice.js';
import { useFocusWrong } from '../../ui/use-focus-wrong.js';
import type { action } from './account.js';
import type { Shown } from './change.server.js';

type Answer = { readonly done: string | null; readonly problem: Problem | null; readonly shown: Shown | null };
const none: Answer = { done: null, problem: null, shown: null };

/** What came of a form of this page that was sent last. */
export function useAnswer(intent: string): Answer {
  const answer = useActionData<typeof action>();
  if (answer?.intent !== intent) return none;
  return answer.problem
    ? { ...none, problem: answer.problem }
    : { ...none, done: answer.done, shown: answer.shown ?? null };
}

/** The same, kept while other forms of the page are sent: it is shown once. */
export function useShown(intent: string): Shown | null {
  const { shown } = useAnswer(intent);
  const [kept, keep] = useState(shown);
  useEffect(() => {
    if (shown) keep(shown);
  }, [shown]);
  return shown ?? kept;
}

type FormProps = {
  readonly intent: string;
  /** What did not happen, when it is refused. */
  readonly refused: string;
  readonly button: string;
  readonly busy: string;
  readonly kind?: 'primary' | 'plain' | 'danger';
  readonly children?: ReactNode;
};

/** One change of the account: its fields, its button, and what came of it. */
export function ChangeForm({ intent, refused, button, busy, kind, children }: FormProps) {
  const { done, problem } = useAnswer(intent);
  const isBusy = useNavigation().formData?.get('intent') === intent;
  const hasField = problem && Object.keys(problem.fields).length > 0;
  return (
    <Form
      ref={useFocusWrong(problem)}
      // What was typed goes once it is taken.
      key={done ? 'done' : 'open'}
      method="post"
      className="px-4 py-3 lg:px-5"
    >
      <div className="grid max-w-[360px] grid-cols-[minmax(0,1fr)] gap-4">
        {done && <Notice tone="info" title={done} />}
        {problem && !hasField && (
          <Notice title={refused} details={problem}>
            {problem.message}
          </Notice>
        )}
        <input type="hidden" name="intent" value={intent} />
        {children}
        <Button type="submit" kind={kind} className="w-fit" disabled={isBusy}>
          {isBusy ? busy : button}
        </Button>
      </div>
    </Form>
  );
}
