import type { ProjectEvent } from '@apployd/sdk';
import { production } from '../project/address.js';

/** What happened, to be read: `who` did, to `what`, and how it is meant. */
export type Sentence = {
  /** Whether the sentence begins with who did it, else with what it happened to. */
  readonly isDeed: boolean;
  readonly words: string;
  readonly what: What | null;
  readonly tone: Tone;
  /** What else there is to say, such as why. */
  readonly detail: string | null;
};

export type What = { readonly label: string; readonly to: string };
export type Tone = 'plain' | 'good' | 'warn' | 'bad';

type Say = { readonly isDeed: boolean; readonly words: string; readonly tone: Tone; readonly page?: string };

const deed = (words: string, page?: string): Say => ({ isDeed: true, words, tone: 'plain', page });
const fact = (words: string, tone: Tone = 'plain', page?: string): Say => ({ isDeed: false, words, tone, page });

/** An instance is named by its environment. */
const says: Readonly<Record<string, Say>> = {
  'project.created': deed('created', ''),
  'project.updated': deed('changed the settings of', '/settings'),
  'project.deleted': deed('deleted', ''),
  'project.restored': deed('restored', ''),
  'project.bandwidth_limited': fact('has used its bandwidth', 'bad', ''),
  'project.bandwidth_lifted': fact('has bandwidth again', 'good', ''),
  'allocation.changed': deed('changed the slice of', '/settings'),
  'variables.set': deed('set variables of', '/variables'),
  'environment.created': deed('made'),
  'environment.deleted': deed('deleted'),
  'environment.restored': deed('restored'),
  'environment.erased': fact('was erased'),
  'volume.created': deed('added a volume to', '/settings'),
  'volume.deleted': deed('deleted a volume of', '/settings'),
  'volume.restored': deed('restored a volume of', '/settings'),
  'volume.erased': fact('lost a volume that was deleted before', 'plain', '/settings'),
  'domain.added': deed('added a domain to', '/domains'),
  'domain.removed': deed('removed a domain of', '/domains'),
  'domain.verified': fact('holds a domain: it is proven', 'good', '/domains'),
  'domain.active': fact('is reached by a domain', 'good', '/domains'),
  'domain.misconfigured': fact('has a domain that leads elsewhere', 'warn', '/domains'),
  'domain.proof_lost': fact('has a domain whose proof is gone', 'bad', '/domains'),
  'domain.released': fact('lost a domain: another organization has proven that it is theirs', 'bad', '/domains'),
  'environment.updated': deed('changed the size of', '/settings'),
  'environment.restart_requested': deed('asked to restart'),
  'environment.stop_requested': deed('stopped'),
  'environment.start_requested': deed('started'),
  'environment.sleep_requested': deed('put to sleep'),
  'environment.wake_requested': deed('woke'),
  'environment.slept': fact('sleeps'),
  'environment.woke': fact('is awake again', 'good'),
  'environment.stayed_awake': fact('was to sleep, and stayed awake', 'warn'),
  'environment.auto_deploy_paused': deed('paused automatic deployments of'),
  'environment.edge_updated': deed('changed the edge settings of'),
  'environment.rollout_updated': deed('changed how new releases come to the visitors of', '/settings'),
  'environment.auto_deploy_resumed': deed('resumed automatic deployments of'),
  'environment.restarted': fact('was restarted', 'good'),
  'environment.resized': fact('has its new size', 'good'),
  'environment.stopped': fact('does not run any more'),
  'environment.restart_failed': fact('could not be restarted, and goes on as it did', 'bad', '/logs'),
  'environment.resize_failed': fact('could not get its new size, and goes on as it did', 'bad', '/logs'),
  'instance.crashed': fact('lost an instance: it crashed', 'bad', '/logs'),
  'instance.oom_killed': fact('lost an instance: it was out of memory', 'bad', '/logs'),
  'instance.unhealthy': fact('has an instance that is not healthy, and is replaced', 'warn', '/logs'),
  'instance.lost': fact('lost an instance with its server', 'bad', '/logs'),
  'environment.degraded': fact('runs with fewer instances than it should', 'warn', '/logs'),
  'environment.down': fact('is down', 'bad', '/logs'),
  'environment.crashed': fact('crashes again and again', 'bad', '/logs'),
  'environment.recovered': fact('runs as it should again', 'good'),
  'certificate.issued': fact('has a certificate', 'good'),
  'certificate.failed': fact('got no certificate', 'bad'),
  'certificate.expiring': fact('has a certificate that is not renewed', 'bad', '/domains'),
  'deployment.queued': deed('queued'),
  'deployment.building': fact('began to build'),
  'deployment.deploying': fact('began to start'),
  'deployment.ready': fact('went live', 'good'),
  'deployment.failed': fact('failed', 'bad'),
  'deployment.canceled': fact('was canceled', 'warn'),
  'deployment.superseded': fact('was superseded by a newer one'),
  'rollout.started': fact('has its first visitors'),
  'rollout.stepped': fact('has more of the visitors'),
  'rollout.promoted': fact('has all visitors', 'good'),
  'rollout.aborted': fact('was taken back: all visitors are with the former release', 'bad'),
  'deployment.cancel_requested': deed('asked to cancel'),
  'deployment.supersede_requested': fact('is to end, since a newer one came'),
};

/** `base` is the address of the project. A type that is new here is told by its name. */
export function sentenceOf(event: Pick<ProjectEvent, 'type' | 'subject' | 'data'>, base: string): Sentence {
  const { page, ...say } = says[event.type] ?? fact(`· ${event.type}`);
  return { ...say, what: whatOf(event, base, page), detail: detailOf(event) };
}

function whatOf(
  { type, subject, data }: Pick<ProjectEvent, 'type' | 'subject' | 'data'>,
  base: string,
  page = '',
): What {
  if (subject?.__typename === 'Deployment') return deploymentOf(subject.number, base);
  if (type.startsWith('deployment.') && typeof data['number'] === 'number') return deploymentOf(data['number'], base);
  if (subject?.__typename === 'Environment') return { label: subject.slug, to: base + placeOf(subject.slug) + page };
  // It is gone by now.
  if (type.startsWith('environment.') && typeof data['slug'] === 'string') return { label: data['slug'], to: base };
  return { label: type.startsWith('deployment.') ? 'A deployment' : 'the project', to: base + page };
}

const placeOf = (slug: string): string => (slug === production ? '' : `/environments/${slug}`);

const deploymentOf = (number: number, base: string): What => ({
  label: `Deployment ${number}`,
  to: `${base}/deployments/${number}`,
});

function detailOf({ type, data }: Pick<ProjectEvent, 'type' | 'data'>): string | null {
  if (type === 'variables.set') return namesOf(data);
  if (type === 'project.bandwidth_limited')
    return data['rule'] === 'STOP' ? 'Visitors see that it is not available.' : 'Visitors are served slowly.';
  if (type.startsWith('volume.') && typeof data['name'] === 'string') return `The volume ${data['name']}.`;
  if (type.startsWith('domain.') && typeof data['name'] === 'string') return data['name'];
  for (const key of ['reason', 'message']) if (typeof data[key] === 'string') return data[key];
  return null;
}

/** Names alone: events hold no values. */
function namesOf({ set, removed }: ProjectEvent['data']): string | null {
  const parts = [listed('Set', set), listed('Removed', removed)].filter((part) => part !== null);
  return parts.length > 0 ? parts.join(' ') : null;
}

const mostNames = 8;

function listed(word: string, names: unknown): string | null {
  if (!Array.isArray(names) || names.length === 0) return null;
  const more = names.length > mostNames ? ` and ${names.length - mostNames} more` : '';
  return `${word} ${names.slice(0, mostNames).join(', ')}${more}.`;
}
