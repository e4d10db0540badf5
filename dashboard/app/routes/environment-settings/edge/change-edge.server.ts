import type { EnvironmentEdgeUpdateInput } from '@apployd/sdk';
import type { Api } from '../../../api/api.server.js';
import { problemWith } from '../../../api/problem.js';
import { textIn } from '../../../api/session.server.js';
import type { Outcome } from '../../../settings/answer.js';
import { headersOf, usersOf } from './edge-lines.js';

type Edge = EnvironmentEdgeUpdateInput['edge'];

/** What the forms about visitors change, by their intents. */
export const edgeChanges: Readonly<Record<string, (api: Api, form: FormData) => Promise<Outcome>>> = {
  maintenance: (api, form) =>
    save(api, form, {
      maintenance: isOn(form, 'maintenance'),
      maintenanceMessage: textIn(form, 'maintenanceMessage').replace(/\s+/g, ' ').trim() || null,
    }),
  users: (api, form) => save(api, form, { users: usersOf(textIn(form, 'users')) }),
  limits: (api, form) =>
    save(api, form, {
      underAttack: isOn(form, 'underAttack'),
      visitorLimit: textIn(form, 'visitorLimit') as Edge['visitorLimit'],
      bodyLimit: textIn(form, 'bodyLimit') as Edge['bodyLimit'],
    }),
  answers: async (api, form) => {
    const responseHeaders = headersOf(textIn(form, 'responseHeaders'));
    if (typeof responseHeaders === 'string')
      return { problem: problemWith('That is no header.', { 'edge.responseHeaders': responseHeaders }) };
    return save(api, form, {
      responseHeaders,
      hostRedirect: textIn(form, 'hostRedirect') as Edge['hostRedirect'],
      protocol: textIn(form, 'protocol') as Edge['protocol'],
    });
  },
};

async function save({ apployd, attempt }: Api, form: FormData, edge: Edge): Promise<Outcome> {
  const { problem } = await attempt(
    apployd.try.environments.updateEdge({
      environmentId: textIn(form, 'environmentId'),
      expectedVersion: Number(textIn(form, 'edgeVersion')),
      edge,
    }),
  );
  return problem ? { problem } : { saved: 'Saved, and in force.' };
}

const isOn = (form: FormData, name: string) => form.get(name) === 'on';
