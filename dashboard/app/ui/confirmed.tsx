import { Form, useLocation } from '@remix-run/react';
import { type ReactNode, useState } from 'react';
import { Button } from './button.js';
import { Dialog } from './dialog.js';

type Props = {
  /** On the button, and on the one that does it. */
  readonly label: string;
  /** What the button is about, for who only hears it. */
  readonly about: string;
  readonly title: string;
  readonly text: ReactNode;
  readonly fields: Readonly<Record<string, string>>;
};

/** A button for what cannot be undone: it asks first. */
export function Confirmed({ label, about, title, text, fields }: Props) {
  const [isAsked, setAsked] = useState(false);
  const { pathname } = useLocation();
  return (
    <>
      <Button kind="quiet" small onClick={() => setAsked(true)}>
        {label}
        <span className="sr-only"> {about}</span>
      </Button>
      {isAsked && (
        <Dialog title={title} text={text} onClose={() => setAsked(false)}>
          <Form
            method="post"
            action={pathname}
            className="mt-5 flex justify-end gap-2 px-5 pb-4"
            onSubmit={() => setAsked(false)}
          >
            {Object.entries(fields).map(([name, value]) => (
              <input key={name} type="hidden" name={name} value={value} />
            ))}
            <Button onClick={() => setAsked(false)}>Keep it</Button>
            <Button type="submit" kind="danger">
              {label}
            </Button>
          </Form>
        </Dialog>
      )}
    </>
  );
}
