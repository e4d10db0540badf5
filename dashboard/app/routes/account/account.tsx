import { type LoaderFunctionArgs, type MetaFunction, redirect } from '@remix-run/node';
import { Form, Link, useLoaderData } from '@remix-run/react';
import { LogOut } from 'lucide-react';
import { loginFor, signedIn } from '../../api/api.server.js';
import { themeOf } from '../../shell/theme.js';
import { Button } from '../../ui/button.js';
import { Mark } from '../../ui/mark.js';
import { Panel } from '../../ui/panel.js';
import { cx } from '../../ui/cx.js';

export const meta: MetaFunction = () => [{ title: 'Account · Apployd' }];

export const loader = (call: LoaderFunctionArgs) =>
  signedIn(call, async ({ apployd }) => {
    const { user, organizations } = await apployd.account.viewer().catch((error: unknown) => {
      if (error instanceof Error && error.name === 'NotFoundError') throw redirect(loginFor(call.request));
      throw error;
    });
    return { user, organizations: organizations.nodes, theme: themeOf(call.request) };
  });

export default function Account() {
  const { user, organizations, theme } = useLoaderData<typeof loader>();
  return (
    <main className="mx-auto max-w-[560px] px-4 pt-6 pb-20">
      <Link to="/" className="inline-flex min-h-11 items-center gap-2.5 font-semibold tracking-tight">
        <Mark /> Apployd
      </Link>
      <h1 className="mt-4 text-xl font-semibold tracking-tight">Account</h1>
      <p className="mt-0.5 text-muted">
        {user.name}, {user.email}
      </p>
      <Panel className="mt-5">
        <h2 className="px-4 pt-3.5 text-xs font-medium text-subtle lg:px-5">Organizations</h2>
        <ul className="divide-y divide-line">
          {organizations.map(({ id, slug, name, viewerRole }) => (
            <li
              key={id}
              className="relative flex min-h-11 items-center justify-between gap-4 px-4 py-2.5 hover:bg-hover lg:px-5"
            >
              <Link to={`/${slug}`} className="truncate font-semibold after:absolute after:inset-0">
                {name}
              </Link>
              <span className="text-sm text-muted">{viewerRole.toLowerCase()}</span>
            </li>
          ))}
        </ul>
      </Panel>
      <Panel className="mt-4 flex flex-wrap items-center justify-between gap-3 px-4 py-3.5 lg:px-5">
        <h2 className="font-medium">Theme</h2>
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
              {{ light: 'Light', dark: 'Dark', system: 'System' }[name]}
            </Button>
          ))}
        </Form>
      </Panel>
      <Form method="post" action="/logout" className="mt-4">
        <Button type="submit" icon={LogOut}>
          Sign out
        </Button>
      </Form>
    </main>
  );
}
