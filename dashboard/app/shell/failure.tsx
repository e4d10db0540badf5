import { isRouteErrorResponse, Link, useRouteError } from '@remix-run/react';
import { isProblem, type Problem } from '../api/problem.js';
import { Details } from '../ui/details.js';
import { Mark } from '../ui/mark.js';
import { isNoConnection, passesByItself } from './no-connection.js';
import { useTryAgain } from './use-try-again.js';

/** In place of what could not be shown. `page` when nothing else is on the screen. */
export function Failure({ page }: { readonly page?: boolean }) {
  const error = useRouteError();
  const { title, text, problem } = describe(error);
  useTryAgain(passesByItself(error));
  const inside = (
    <div className="mx-auto max-w-[46ch] py-16">
      {page && <Mark size={28} />}
      <h1 className="mt-4 text-xl font-semibold tracking-tight">{title}</h1>
      <p className="mt-2 text-muted">{text}</p>
      <p className="mt-5 flex gap-4 font-medium text-accent">
        <a href="" className="hover:underline">
          Load again
        </a>
        <Link to="/" className="hover:underline">
          Your projects
        </Link>
      </p>
      {problem && <Details code={problem.code} requestId={problem.requestId} />}
    </div>
  );
  return page ? <main className="px-4">{inside}</main> : inside;
}

/** A route whose page broke shows this in its place; what is around it keeps working. */
export const FailureInPlace = () => <Failure />;

function describe(error: unknown): { readonly title: string; readonly text: string; readonly problem?: Problem } {
  if (isRouteErrorResponse(error) && error.status === 404) {
    return {
      title: 'There is nothing here',
      text: 'It does not exist, or it belongs to an organization that you are no member of.',
    };
  }
  if (isRouteErrorResponse(error) && isProblem(error.data))
    return { title: 'This page did not load', text: error.data.message, problem: error.data };
  if (isNoConnection(error)) {
    return {
      title: 'The dashboard is out of reach',
      text: 'It answers as soon as the connection is back: this page tries again by itself. What you deployed keeps running.',
    };
  }
  return {
    title: 'This page did not load',
    text: 'The dashboard met a fault of its own. What you deployed keeps running.',
  };
}
