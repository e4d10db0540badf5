import { type ActionFunctionArgs, redirect } from '@remix-run/node';
import { type Api, signedIn } from '../../api/api.server.js';
import { problemWith } from '../../api/problem.js';
import { textIn } from '../../api/session.server.js';
import type { Answer, Outcome } from '../../settings/answer.js';

type Change = (api: Api, form: FormData) => Promise<Outcome | Response>;

/** Does what one of the forms asks for. Another address, and leaving, lead elsewhere. */
export const changeOrganization = (call: ActionFunctionArgs): Promise<Answer | Response> =>
  signedIn(call, async (api) => {
    const form = await call.request.formData();
    const intent = textIn(form, 'intent');
    const change = changes.get(intent);
    if (!change) throw new Response('There is no such form.', { status: 400 });
    const outcome = await change(api, form);
    return outcome instanceof Response ? outcome : { intent, ...outcome };
  });

const name: Change = async ({ apployd, attempt }, form) => {
  const slug = textIn(form, 'slug').trim();
  const { granted, problem } = await attempt(
    apployd.try.organizations.update({
      organizationId: textIn(form, 'organizationId'),
      expectedVersion: Number(textIn(form, 'version')),
      name: textIn(form, 'name'),
      slug,
    }),
  );
  if (problem) return { problem };
  const now = granted.organization.slug;
  return now === textIn(form, 'slugNow') ? { saved: 'Saved.' } : redirect(`/${now}/settings`);
};

const transfer: Change = async ({ apployd, attempt }, form) => {
  const userId = textIn(form, 'userId');
  if (userId === '') return { problem: problemWith('Nobody was chosen.', { userId: 'Choose a member.' }) };
  const { problem } = await attempt(
    apployd.try.organizations.transfer({ organizationId: textIn(form, 'organizationId'), userId }),
  );
  return problem ? { problem } : { saved: 'You are an admin of it now.' };
};

const leave: Change = async ({ apployd, attempt }, form) => {
  const { problem } = await attempt(
    apployd.try.organizations.leave({ organizationId: textIn(form, 'organizationId') }),
  );
  return problem ? { problem } : redirect('/');
};

const changes = new Map<string, Change>(Object.entries({ name, transfer, leave }));
