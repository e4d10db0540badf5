import type { ActionFunctionArgs } from '@remix-run/node';
import { signedIn } from '../../api/api.server.js';
import { problemOf, problemOfError } from '../../api/problem.server.js';
import { textIn } from '../../api/session.server.js';
import type { Refused } from '../../project/act.server.js';
import { variablesIn } from '../../variables/parse.js';

/** Sets what was typed, or removes one; what others have changed meanwhile is not overwritten. */
export const setVariables = (call: ActionFunctionArgs, form: FormData): Promise<Refused | { readonly saved: string }> =>
  signedIn(call, async ({ apployd }) => {
    const removes = form.get('intent') === 'remove';
    const variables = removes ? [{ key: textIn(form, 'key'), value: null }] : variablesIn(form);
    const intent = removes ? 'remove' : 'set';
    if (variables.length === 0) return { intent, problem: { message: 'Type a key first.', fields: {}, kind: 'Empty' } };
    const expectedVersion = Number(textIn(form, 'version'));
    const result = await apployd.try.variables
      .set({ environmentId: textIn(form, 'environmentId'), variables, expectedVersion })
      .then(problemOf, problemOfError);
    if (result) return { intent, problem: result };
    const names = variables.map(({ key }) => key);
    return {
      saved: `${names.slice(0, 3).join(', ')}${names.length > 3 ? ` and ${names.length - 3} more` : ''} ${removes ? 'removed.' : 'saved.'}`,
    };
  });
