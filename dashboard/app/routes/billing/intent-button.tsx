import { Form, useLocation, useNavigation } from '@remix-run/react';
import type { ReactNode } from 'react';
import { Button } from '../../ui/button.js';

type Props = {
  readonly kind?: 'primary' | 'plain';
  /** With the intent; they name what is asked for. */
  readonly fields: Readonly<Record<string, string>>;
  readonly children: ReactNode;
};

/** A form of one button. */
export function IntentButton({ kind, fields, children }: Props) {
  const { pathname } = useLocation();
  const isBusy = useNavigation().formMethod === 'POST';
  return (
    <Form method="post" action={pathname}>
      {Object.entries(fields).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      <Button type="submit" kind={kind} disabled={isBusy}>
        {children}
      </Button>
    </Form>
  );
}
