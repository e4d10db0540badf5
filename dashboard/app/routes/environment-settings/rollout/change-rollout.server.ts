import type { Api } from '../../../api/api.server.js';
import { problemWith } from '../../../api/problem.js';
import { textIn } from '../../../api/session.server.js';
import type { Outcome } from '../../../settings/answer.js';
import { stepsOf } from './step-lines.js';

/** What the form about gradual releases asks for. */
export async function changeRollout({ apployd, attempt }: Api, form: FormData): Promise<Outcome> {
  const steps = stepsOf(textIn(form, 'steps'));
  if (typeof steps === 'string') return { problem: problemWith('That is no step.', { 'rollout.steps': steps }) };
  const { problem } = await attempt(
    apployd.try.environments.updateRollout({
      environmentId: textIn(form, 'environmentId'),
      expectedVersion: Number(textIn(form, 'rolloutVersion')),
      rollout: {
        enabled: form.get('enabled') === 'on',
        steps,
        maxErrorRateIncrease: numberOrNull(form, 'maxErrorRateIncrease'),
        maxP95Factor: numberOrNull(form, 'maxP95Factor'),
        minRequests: numberOrNull(form, 'minRequests'),
      },
    }),
  );
  return problem ? { problem } : { saved: 'Saved. It counts from the next deployment on.' };
}

/** What is no number becomes one that the API refuses in its own words. */
function numberOrNull(form: FormData, name: string): number | null {
  const text = textIn(form, name).trim();
  if (text === '') return null;
  return Number.isFinite(Number(text)) ? Number(text) : -1;
}
