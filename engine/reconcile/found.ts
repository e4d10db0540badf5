import type { Engine } from '../engine.js';

/** Everything that is looked for. The names are what operators search their logs for: they do not change. */
const findings = {
  'deployment.without-job': 'asked for again',
  'deployment.without-worker': 'asked for again',
  'job.without-row': 'dropped',
  'server.silent': 'marked as unreachable',
  'instance.gone': 'noted as ended, and started again once it has rested',
  'instance.without-row': 'stopped',
  'instance.without-use': 'asked to be retired',
  'environment.not-stopped': 'asked to stop',
  'route.astray': 'led back to what is live',
  'log.not-ended': 'ended',
  'billing.drift': 'set as Stripe says',
  'billing.two-subscriptions': 'left for the operator, who ends one at Stripe',
  'billing.overage-given-up': 'not charged',
  'build.left-over': 'removed',
  'image.without-release': 'removed',
  'lease.left-over': 'removed',
} as const satisfies Record<string, string>;

export type Finding = keyof typeof findings;

/** Says in the log, and counts, what was found and what was done about it. */
export function found(
  engine: Pick<Engine, 'log' | 'findings'>,
  finding: Finding,
  about: Readonly<Record<string, unknown>>,
) {
  engine.findings.add(finding);
  engine.log.warn({ finding, did: findings[finding], ...about }, `reconcile found ${finding}`);
}
