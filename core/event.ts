import type { IdKind } from './id.js';

/**
 * What an event of a project or of an organization is about, by the first word of its type; what stands for itself alone, or
 * is not everybody's to see, has no object.
 */
const subjects = {
  organization: 'Organization',
  billing: 'Organization',
  allocations: 'Organization',
  bandwidth: 'Organization',
  member: 'User',
  project: 'Project',
  allocation: 'Project',
  environment: 'Environment',
  certificate: 'Environment',
  variables: 'Environment',
  instance: 'Environment',
  volume: 'Environment',
  domain: 'Environment',
  deployment: 'Deployment',
  rollout: 'Deployment',
} as const satisfies Record<string, IdKind>;

type EventSubjectKind = (typeof subjects)[keyof typeof subjects];

/** Null for a word that is new here. */
export function subjectKindOf(type: string): EventSubjectKind | null {
  const [noun = ''] = type.split('.');
  return Object.hasOwn(subjects, noun) ? subjects[noun as keyof typeof subjects] : null;
}

/** `deployment.ready`, or `deployment.*` for all of a deployment. */
const typePattern = /^[a-z_]{1,40}\.(?:[a-z_]{1,40}|\*)$/;

export function isEventTypePattern(text: string): boolean {
  return typePattern.test(text);
}
