import type { ActionFunctionArgs } from '@remix-run/node';
import { type Api, signedIn } from '../../api/api.server.js';
import { type Problem, problemWith } from '../../api/problem.js';
import { textIn } from '../../api/session.server.js';
import { amountOf } from '../../pool/resources.js';
import { argumentsOf } from '../../project/command-line.js';
import type { Answer, Outcome } from '../../settings/answer.js';
import { changeRollout } from '../environment-settings/rollout/change-rollout.server.js';
import { edgeChanges } from '../environment-settings/edge/change-edge.server.js';
import { spansOf } from './keep-awake-lines.js';
import { redirectsOf } from './redirect-lines.js';
import { wordsOf } from './words-of.js';

type Change = (api: Api, form: FormData) => Promise<Outcome>;

/** Does what one of the forms asks for; what others have changed meanwhile is not overwritten. */
export const change = (call: ActionFunctionArgs): Promise<Answer> =>
  signedIn(call, async (api) => {
    const form = await call.request.formData();
    const intent = textIn(form, 'intent');
    const work = changes.get(intent);
    if (!work) throw new Response('There is no such form.', { status: 400 });
    return { intent, ...(await work(api, form)) };
  });

const general: Change = async ({ apployd, attempt }, form) => {
  const { problem } = await attempt(
    apployd.try.projects.update({
      projectId: textIn(form, 'projectId'),
      expectedVersion: Number(textIn(form, 'version')),
      name: textIn(form, 'name'),
      repositoryUrl: textOrNull(form, 'repositoryUrl'),
      defaultBranch: textOrNull(form, 'defaultBranch'),
    }),
  );
  return problem ? { problem } : { saved: 'Saved.' };
};

const build: Change = async (api, form) => {
  const releaseCommand = commandOrNull(form, 'releaseCommand');
  if (releaseCommand === 'open') return { problem: openQuote('releaseCommand') };
  return settings(api, form, {
    releaseCommand,
    rootDirectory: textOrNull(form, 'rootDirectory'),
    buildCommand: textOrNull(form, 'buildCommand'),
    startCommand: textOrNull(form, 'startCommand'),
    outputDirectory: textOrNull(form, 'outputDirectory'),
    dockerfilePath: textOrNull(form, 'dockerfilePath'),
    port: wholeOrNull(form, 'port'),
  });
};

const health: Change = async (api, form) => {
  const healthCheckCommand = commandOrNull(form, 'healthCheckCommand');
  if (healthCheckCommand === 'open') return { problem: openQuote('healthCheckCommand') };
  return settings(api, form, {
    healthCheckKind: textIn(form, 'healthCheckKind') as Settings['healthCheckKind'],
    healthCheckPath: textOrNull(form, 'healthCheckPath'),
    healthCheckCommand,
    healthCheckTimeoutMs: secondsOrNull(form, 'healthCheckTimeout'),
    healthCheckAnswerMs: secondsOrNull(form, 'healthCheckAnswer'),
    healthCheckIntervalMs: secondsOrNull(form, 'healthCheckInterval'),
    healthCheckRetries: wholeOrNull(form, 'healthCheckRetries'),
  });
};

const deployments: Change = (api, form) =>
  settings(api, form, {
    supersede: form.get('supersede') === 'on',
    keepReleases: wholeOrNull(form, 'keepReleases'),
  });

const redirects: Change = async (api, form) => {
  const found = redirectsOf(textIn(form, 'redirects'));
  if (typeof found !== 'string') return settings(api, form, { redirects: found });
  return { problem: problemWith('That is no redirect.', { 'settings.redirects': found }) };
};

const sleep: Change = async (api, form) => {
  const spans = spansOf(textIn(form, 'keepAwakeSpans'));
  if (typeof spans === 'string') return { problem: problemWith('That is no span.', { 'settings.keepAwake': spans }) };
  const timeZone = textIn(form, 'keepAwakeZone').trim() || 'UTC';
  return settings(api, form, {
    autoSleepMinutes: wholeOrNull(form, 'autoSleepMinutes'),
    deepSleepMinutes: wholeOrNull(form, 'deepSleepMinutes'),
    keepAwake: spans.length > 0 ? { timeZone, spans } : null,
  });
};

type Settings = NonNullable<Parameters<Api['apployd']['projects']['update']>[0]['settings']>;

async function settings({ apployd, attempt }: Api, form: FormData, changed: Settings): Promise<Outcome> {
  const { problem } = await attempt(
    apployd.try.projects.update({
      projectId: textIn(form, 'projectId'),
      expectedSettingsVersion: Number(textIn(form, 'settingsVersion')),
      settings: changed,
    }),
  );
  return problem ? { problem } : { saved: 'Saved.' };
}

const resources: Change = async ({ apployd, attempt }, form) => {
  const [memory, cpu] = [textOrNull(form, 'memoryBytes'), textOrNull(form, 'cpuMillicores')];
  const memoryBytes = memory && amountOf('memoryBytes', memory);
  const cpuMillicores = cpu && amountOf('cpuMillicores', cpu);
  const wrong = Object.entries({ memoryBytes: [memory, memoryBytes], cpuMillicores: [cpu, cpuMillicores] })
    .filter(([, [typed, amount]]) => typed !== null && amount === null)
    .map(([name]) => [name, 'Type a number, or leave it empty to share the slice.']);
  if (wrong.length > 0) return { problem: problemWith('That is no amount.', Object.fromEntries(wrong)) };
  const { granted, problem } = await attempt(
    apployd.try.environments.update({
      environmentId: textIn(form, 'environmentId'),
      expectedVersion: Number(textIn(form, 'environmentVersion')),
      instances: wholeOrNull(form, 'instances'),
      memoryBytes: memoryBytes as number | null,
      cpuMillicores: cpuMillicores as number | null,
    }),
  );
  return problem ? { problem } : { saved: wordsOf(granted.resizes.map(({ how }) => how)) };
};

const remove: Change = async ({ apployd, attempt }, form) => {
  const input = { projectId: textIn(form, 'projectId'), confirmSlug: textIn(form, 'confirmSlug').trim() };
  const { problem } = await attempt(apployd.try.projects.delete(input));
  return problem ? { problem } : { saved: 'Deleted.' };
};

const removeEnvironment: Change = async ({ apployd, attempt }, form) => {
  const input = { environmentId: textIn(form, 'environmentId'), confirmSlug: textIn(form, 'confirmSlug').trim() };
  const { problem } = await attempt(apployd.try.environments.delete(input));
  return problem ? { problem } : { saved: 'Deleted.' };
};

const createVolume: Change = async ({ apployd, attempt }, form) => {
  const [name, mountPath] = [textIn(form, 'name').trim(), textIn(form, 'mountPath').trim()];
  const input = { environmentId: textIn(form, 'environmentId'), name, mountPath };
  const { problem } = await attempt(apployd.try.volumes.create(input));
  return problem ? { problem } : { saved: `${name} is there from the next deployment or restart on.` };
};

const deleteVolume: Change = async ({ apployd, attempt }, form) => {
  const input = { volumeId: textIn(form, 'volumeId'), confirmName: textIn(form, 'confirmName') };
  const { problem } = await attempt(apployd.try.volumes.delete(input));
  return problem ? { problem } : { saved: `${input.confirmName} is deleted, and can be restored for 72 hours.` };
};

const restoreVolume: Change = async ({ apployd, attempt }, form) => {
  const { problem } = await attempt(apployd.try.volumes.restore(textIn(form, 'volumeId')));
  return problem
    ? { problem }
    : { saved: 'It is back with all that was in it, from the next deployment or restart on.' };
};

const restore: Change = async ({ apployd, attempt }, form) => {
  const { granted, problem } = await attempt(apployd.try.projects.restore({ projectId: textIn(form, 'projectId') }));
  if (problem) return { problem };
  return {
    saved: granted.sliceRestored
      ? 'It is back with its slice, and what ran before starts again.'
      : 'It is back without its slice, which others hold by now. Give it one in the pool, and what ran before starts again.',
  };
};

const changes: ReadonlyMap<string, Change> = new Map(
  Object.entries({
    general,
    build,
    health,
    deployments,
    redirects,
    sleep,
    resources,
    delete: remove,
    'delete-environment': removeEnvironment,
    'volume-create': createVolume,
    'volume-delete': deleteVolume,
    'volume-restore': restoreVolume,
    restore,
    rollout: changeRollout,
    ...edgeChanges,
  }),
);

/** An empty field: what is kept there is cleared, or gets its default back. */
const textOrNull = (form: FormData, name: string): string | null => textIn(form, name).trim() || null;

/** What is no whole number becomes 0, which the API refuses in its own words. */
function wholeOrNull(form: FormData, name: string): number | null {
  const typed = textOrNull(form, name);
  if (typed === null) return null;
  return Number.isInteger(Number(typed)) ? Number(typed) : 0;
}

/** `open` when a quote in it is not closed. */
function commandOrNull(form: FormData, name: string): string[] | null | 'open' {
  const typed = textOrNull(form, name);
  return typed === null ? null : (argumentsOf(typed) ?? 'open');
}

const openQuote = (name: string): Problem =>
  problemWith('That is no command.', {
    [`settings.${name}`]: 'A quote is not closed, or nothing follows the last backslash: mend that.',
  });

function secondsOrNull(form: FormData, name: string): number | null {
  const typed = textOrNull(form, name);
  return typed === null ? null : Math.round(Number(typed) * 1_000) || 0;
}
