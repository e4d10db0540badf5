import type { ActionFunctionArgs } from '@remix-run/node';
import type { PlanUpdateInput } from '@apployd/sdk';
import { type Api, signedIn } from '../../api/api.server.js';
import { problemWith } from '../../api/problem.js';
import { textIn } from '../../api/session.server.js';
import { amountOf, mapResources, resourceNames } from '../../pool/resources.js';
import type { Answer, Outcome } from '../../settings/answer.js';
import { type Prices, pricesIn } from './prices-in.js';

/** Gives plans, changes them, and makes and unmakes operators. */
export const actOnPlatform = (call: ActionFunctionArgs): Promise<Answer> =>
  signedIn(call, async (api) => {
    const form = await call.request.formData();
    const intent = textIn(form, 'intent');
    const act = acts.get(intent.split(' ')[0] ?? '');
    if (!act) throw new Response('No such act', { status: 400 });
    return { intent, ...(await act(api, form)) };
  });

type Act = (api: Api, form: FormData) => Promise<Outcome>;

const givePlan: Act = async ({ apployd, attempt }, form) => {
  const input = { organizationId: textIn(form, 'organizationId'), planId: textIn(form, 'planId') };
  const { problem } = await attempt(apployd.try.organizations.setPlan(input));
  return problem ? { problem } : { saved: `${textIn(form, 'who')} has the new plan, and its pool.` };
};

const changePlan: Act = async ({ apployd, attempt }, form) => {
  const wrong = resourceNames.filter((name) => amountOf(name, textIn(form, name)) === null);
  if (wrong.length > 0) {
    const fields = Object.fromEntries(wrong.map((name) => [`pool.${name}`, 'Type a number, such as 0.5 or 512.']));
    return { problem: problemWith('One of the amounts is not a number.', fields) };
  }
  const prices = pricesIn(form);
  if ('wrong' in prices) return { problem: problemWith('The prices are not right.', prices.wrong) };
  const { granted, problem } = await attempt(apployd.try.plans.update(planIn(form, prices)));
  if (problem) return { problem };
  const { plan, organizations } = granted;
  const many = organizations === 1 ? '1 organization has it.' : `${organizations} organizations have it.`;
  return { saved: `${plan.name} is changed. ${many}${priceNote(prices)}` };
};

/** A command brings them to Stripe, which shows the difference first. */
const priceNote = ({ monthlyPrice, yearlyPrice }: Prices): string =>
  monthlyPrice || yearlyPrice
    ? ' Run `npm run billing:sync` when its prices are new: until then nobody can buy it.'
    : '';

function planIn(form: FormData, prices: Prices): PlanUpdateInput {
  const whole = (name: string) => Number(textIn(form, name).trim() || NaN);
  const sleep = textIn(form, 'autoSleepMinutes').trim();
  return {
    planId: textIn(form, 'planId'),
    expectedVersion: whole('version'),
    name: textIn(form, 'name'),
    pool: mapResources((name) => amountOf(name, textIn(form, name)) ?? 0),
    maxProjects: orZero(whole('maxProjects')),
    maxConcurrentBuilds: orZero(whole('maxConcurrentBuilds')),
    logRetentionDays: orZero(whole('logRetentionDays')),
    autoSleepMinutes: sleep ? orZero(Number(sleep)) : null,
    bandwidthRule: textIn(form, 'bandwidthRule') === 'STOP' ? 'STOP' : 'THROTTLE',
    throttleBytesPerSecond: orZero(Math.round(whole('throttleKb') * 1024)),
    isSelectable: form.get('isSelectable') === 'on',
    ...prices,
  };
}

/** What is no whole number is none that the API takes either: it says which are. */
const orZero = (value: number) => (Number.isInteger(value) ? value : 0);

const setOperator: Act = async ({ apployd, attempt }, form) => {
  const id = textIn(form, 'userId');
  const isOperator = !id;
  const user = id ? { id } : { email: textIn(form, 'email') };
  const { granted, problem } = await attempt(apployd.try.platform.setOperator({ user, isOperator }));
  if (problem) return { problem };
  return { saved: isOperator ? `${granted.user.name} is an operator now.` : `${granted.user.name} is none any more.` };
};

const acts: ReadonlyMap<string, Act> = new Map(
  Object.entries({ plan: changePlan, operator: setOperator, give: givePlan }),
);
