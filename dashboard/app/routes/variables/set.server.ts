import type { ActionFunctionArgs } from '@remix-run/node';
import { signedIn } from '../../api/api.server.js';
import { problemWith } from '../../api/problem.js';
import { textIn } from '../../api/session.server.js';
import type { Refused } from '../../project/act.server.js';
import { variablesIn } from '../../variables/parse.js';

type Saved = { readonly saved: readonly string[]; readonly isRemoval: boolean };

/** Sets what was typed, or removes one; what others have changed meanwhile is not overwritten. */
export const setVariables = (call: ActionFunctionArgs, form: FormData): Promise<Refused | Saved> =>
  signedIn(call, async ({ apployd, attempt }) => {
    const isRemoval = form.get('intent') === 'remove';
    const variables = isRemoval ? [{ key: textIn(form, 'key'), value: null }] : variablesIn(form);
    const intent = isRemoval ? 'remove' : 'set';
    if (variables.length === 0) return { intent, problem: problemWith('Type a key first.') };
    const expectedVersion = Number(textIn(form, 'version'));
    const input = { environmentId: textIn(form, 'environmentId'), variables, expectedVersion };
    const { problem } = await attempt(apployd.try.variables.set(input));
    return problem ? { intent, problem } : { saved: variables.map(({ key }) => key), isRemoval };
  });
