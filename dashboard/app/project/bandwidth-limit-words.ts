import type { Project } from '@apployd/sdk';
import { formatOf } from '../pool/resources.js';

type Limit = NonNullable<Project['bandwidthLimit']>;

/** That a project has used its bandwidth, what that means for visitors, why, and until when. */
export function bandwidthLimitWords({ rule, reason, bytesPerSecond, until }: Limit) {
  const isStopped = rule === 'STOP';
  const rate = bytesPerSecond === null ? 'slowly' : `${perSecond(bytesPerSecond)} a second, all together`;
  const consequence = isStopped
    ? 'Visitors see a page that says that it is not available.'
    : `Visitors of each environment are sent ${rate}.`;
  const why = reason === 'SLICE' ? 'It has used the bandwidth of its slice.' : 'What it may take of the pool is used.';
  return {
    title: isStopped
      ? 'This project is stopped: its bandwidth is used.'
      : 'This project is slowed down: its bandwidth is used.',
    text: `${why} ${consequence} Nothing is charged for it. It ends on ${until.slice(0, 10)} in UTC, and within a minute of a larger slice or plan.`,
  };
}

/** What a plan does with projects that have used their bandwidth, in a few words. */
export const ruleOf = ({
  bandwidthRule,
  throttleBytesPerSecond,
}: {
  readonly bandwidthRule: string;
  readonly throttleBytesPerSecond: number;
}): string => (bandwidthRule === 'STOP' ? 'Sites stop' : `Slowed down to ${perSecond(throttleBytesPerSecond)}/s`);

const perSecond = (bytes: number) => formatOf('bandwidthBytesPerMonth', bytes);
