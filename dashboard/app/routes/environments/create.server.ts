import { type ActionFunctionArgs, redirect } from '@remix-run/node';
import { signedIn } from '../../api/api.server.js';
import { problemWith } from '../../api/problem.js';
import { textIn } from '../../api/session.server.js';
import { amountOf } from '../../pool/resources.js';
import { addressOf } from '../../project/address.js';
import type { Refused } from '../../project/act.server.js';

const intent = 'create';

/** Makes an environment, and leads there. */
export const createEnvironment = (call: ActionFunctionArgs, form: FormData): Promise<Response | Refused> =>
  signedIn(call, async ({ apployd, attempt }) => {
    const typed = textIn(form, 'memoryBytes').trim();
    const memoryBytes = typed === '' ? null : amountOf('memoryBytes', typed);
    if (typed !== '' && memoryBytes === null) {
      const field = { memoryBytes: 'Type a number, or leave it empty to share the slice.' };
      return { intent, problem: problemWith('That is no amount.', field) };
    }
    const input = {
      projectId: textIn(form, 'projectId'),
      slug: textIn(form, 'slug').trim(),
      copyFromId: textIn(form, 'copyFromId') || null,
      memoryBytes,
    };
    const { granted, problem } = await attempt(apployd.try.environments.create(input));
    if (problem) return { intent, problem };
    const { org = '', project = '' } = call.params;
    return redirect(addressOf(org, project, granted.environment.slug));
  });
