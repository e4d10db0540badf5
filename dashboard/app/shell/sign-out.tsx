import { Form } from '@remix-run/react';

const formId = 'sign-out';

/** Loads the next page anew, so that nothing of this person stays in the browser. */
export const SignOutForm = () => <Form id={formId} method="post" action="/logout" reloadDocument hidden />;

export function signOut(): void {
  const form = document.getElementById(formId);
  if (form instanceof HTMLFormElement) form.requestSubmit();
}
