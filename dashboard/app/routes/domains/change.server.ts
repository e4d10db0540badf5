import type { ActionFunctionArgs } from '@remix-run/node';
import { type Api, signedIn } from '../../api/api.server.js';
import { textIn } from '../../api/session.server.js';
import type { Answer, Outcome } from '../../settings/answer.js';
import { hostOf } from './host-of.js';

type Change = (api: Api, form: FormData) => Promise<Outcome>;

/** Adds, checks or removes a domain. */
export const change = (call: ActionFunctionArgs, form: FormData): Promise<Answer> =>
  signedIn(call, async (api) => {
    const intent = textIn(form, 'intent');
    const work = changes.get(intent);
    if (!work) throw new Response('There is no such form.', { status: 400 });
    return { intent, ...(await work(api, form)) };
  });

const add: Change = async ({ apployd, attempt }, form) => {
  const name = hostOf(textIn(form, 'name'));
  const { granted, problem } = await attempt(
    apployd.try.domains.add({ environmentId: textIn(form, 'environmentId'), name }),
  );
  return problem ? { problem } : { saved: `${granted.domain?.name ?? name} is added: set its records.` };
};

const recheck: Change = async ({ apployd, attempt }, form) => {
  const { problem } = await attempt(apployd.try.domains.recheck(textIn(form, 'domainId')));
  return problem ? { problem } : { saved: 'It is being checked.' };
};

const remove: Change = async ({ apployd, attempt }, form) => {
  const { problem } = await attempt(apployd.try.domains.remove(textIn(form, 'domainId')));
  return problem ? { problem } : { saved: `${textIn(form, 'name')} is removed.` };
};

const changes: ReadonlyMap<string, Change> = new Map(
  Object.entries({ 'domain-add': add, 'domain-recheck': recheck, 'domain-remove': remove }),
);
