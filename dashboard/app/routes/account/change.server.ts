import { type ActionFunctionArgs, redirect } from '@remix-run/node';
import { type Api, signedIn } from '../../api/api.server.js';
import { type Problem, problemWith } from '../../api/problem.js';
import { textIn } from '../../api/session.server.js';
import { matrixOf } from './matrix.server.js';

/** What is shown once, right after it was made. */
export type Shown = {
  readonly otpauthUri?: string;
  /** The same as an SVG path, for a camera. */
  readonly matrix?: { readonly path: string; readonly size: number };
  readonly recoveryCodes?: readonly string[];
};

export type Changed =
  | { readonly intent: string; readonly problem: Problem }
  | { readonly intent: string; readonly problem: null; readonly done: string; readonly shown?: Shown };

/** What the forms of the account's page ask for. Ending one's own session leads to signing in. */
export const changeAccount = (call: ActionFunctionArgs): Promise<Response | Changed> =>
  signedIn(call, async (api) => {
    const form = await call.request.formData();
    const intent = textIn(form, 'intent');
    const change = changes[intent];
    if (!change) return { intent, problem: problemWith('Load the page again.') };
    const result = await change(api, form);
    if (!result.problem && result.isOut) return redirect('/login', { headers: api.cookies });
    return { intent, ...result };
  });

type Result =
  | { readonly problem: Problem }
  | { readonly problem: null; readonly done: string; readonly shown?: Shown; readonly isOut?: boolean };
type Change = (api: Api, form: FormData) => Promise<Result>;

const changes: Readonly<Record<string, Change>> = {
  name: async ({ apployd, attempt }, form) => {
    const { problem } = await attempt(apployd.try.account.update({ name: textIn(form, 'name') }));
    return problem ? { problem } : { problem, done: 'Your name is saved.' };
  },
  email: async ({ apployd, attempt }, form) => {
    const input = { email: textIn(form, 'email'), password: textIn(form, 'password') };
    const { granted, problem } = await attempt(apployd.try.account.update(input));
    if (problem) return { problem };
    const to = granted.verificationSentTo;
    return {
      problem,
      done: to ? `A link was sent to ${to}. Open it to use that address.` : 'It is your address already.',
    };
  },
  verification: async ({ apployd, attempt }) => {
    const { granted, problem } = await attempt(apployd.try.account.verificationSend());
    return problem ? { problem } : { problem, done: `A link was sent to ${granted.sentTo}.` };
  },
  password: async ({ apployd, attempt }, form) => {
    const input = { currentPassword: textIn(form, 'currentPassword'), newPassword: textIn(form, 'newPassword') };
    const { problem } = await attempt(apployd.try.account.passwordChange(input));
    return problem ? { problem } : { problem, done: 'Your password was changed. Every other session has ended.' };
  },
  session: async ({ apployd, attempt }, form) => {
    const { problem } = await attempt(apployd.try.account.sessionRevoke({ sessionId: textIn(form, 'sessionId') }));
    return problem ? { problem } : { problem, done: 'The session has ended.', isOut: form.has('isCurrent') };
  },
  everywhere: async ({ apployd, attempt }) => {
    const { granted, problem } = await attempt(apployd.try.account.signOutEverywhere());
    return problem ? { problem } : { problem, done: `Ended ${granted.endedSessions} other sessions.` };
  },
  begin: async ({ apployd, attempt }, form) => {
    const { granted, problem } = await attempt(
      apployd.try.account.twoFactorEnable({ password: textIn(form, 'password') }),
    );
    if (problem) return { problem };
    const { otpauthUri, recoveryCodes } = granted;
    if (!otpauthUri || !recoveryCodes) return { problem: problemWith('Begin again: these are shown once.') };
    const shown = { otpauthUri, recoveryCodes, matrix: matrixOf(otpauthUri) };
    return { problem, done: 'One step is left.', shown };
  },
  confirm: async ({ apployd, attempt }, form) => {
    const { problem } = await attempt(apployd.try.account.twoFactorConfirm({ code: textIn(form, 'code') }));
    return problem ? { problem } : { problem, done: 'Signing in asks for a code now. Every other session has ended.' };
  },
  disable: async ({ apployd, attempt }, form) => {
    const { problem } = await attempt(apployd.try.account.twoFactorDisable({ password: textIn(form, 'password') }));
    return problem
      ? { problem }
      : { problem, done: 'Signing in asks for no code any more. Every other session has ended.' };
  },
  recovery: async ({ apployd, attempt }, form) => {
    const { granted, problem } = await attempt(
      apployd.try.account.recoveryCodesRegenerate({ password: textIn(form, 'password') }),
    );
    if (problem) return { problem };
    const { recoveryCodes } = granted;
    if (!recoveryCodes)
      return { problem: problemWith('They are shown once, and were made already. Make them once more.') };
    return { problem, done: 'Those of before are worth nothing now.', shown: { recoveryCodes } };
  },
};
