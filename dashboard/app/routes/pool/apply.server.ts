import type { ActionFunctionArgs } from '@remix-run/node';
import { z } from 'zod';
import { signedIn } from '../../api/api.server.js';
import type { Problem } from '../../api/problem.js';
import { textIn } from '../../api/session.server.js';

const amount = z.number().int().min(0);
const limits = z.object({ memoryBytes: amount, cpuMillicores: amount, bandwidthBytesPerMonth: amount });
const changesSent = z
  .array(z.object({ projectId: z.string(), limits }))
  .min(1)
  .max(50);

/** Divides the pool as it was sent: all of it, or nothing when the pool has changed meanwhile or a rule is broken. */
export const applyDivision = (
  call: ActionFunctionArgs,
): Promise<{ readonly problem: Problem } | { readonly applied: number }> =>
  signedIn(call, async ({ apployd, attempt }) => {
    const form = await call.request.formData();
    const changes = changesSent.parse(JSON.parse(textIn(form, 'changes')));
    const input = {
      organizationId: textIn(form, 'organizationId'),
      changes,
      expectedPoolVersion: Number(textIn(form, 'version')),
    };
    const { problem } = await attempt(apployd.try.allocations.set(input));
    return problem ? { problem } : { applied: input.expectedPoolVersion + 1 };
  });
