import type { Plan } from '@apployd/sdk';
import { PoolStrip } from '../../pool/pool-strip.js';
import { formatOf, resourceKinds, resourceNames } from '../../pool/resources.js';
import { ruleOf } from '../../project/bandwidth-limit-words.js';
import { basinsOf, useOrganization } from '../../shell/organization-context.js';
import { ButtonLink } from '../../ui/button.js';
import { Panel } from '../../ui/panel.js';

/** What the plan gives, and how much of it the projects hold. */
export function Given({ plan }: { readonly plan: Plan }) {
  const { organization } = useOrganization();
  const { pool, projects, usage, slug } = organization;
  const facts = [
    ...resourceNames.map((name) => [
      resourceKinds[name].label,
      `${formatOf(name, pool.allocated[name])} of ${formatOf(name, pool.total[name])} divided`,
    ]),
    ['Sent this month', formatOf('bandwidthBytesPerMonth', usage.bytesOut)],
    ['With the bandwidth used', ruleOf(plan)],
    ['Projects', `${projects.nodes.length} of ${plan.maxProjects}`],
    ['Builds at once', String(plan.maxConcurrentBuilds)],
    ['Logs are kept', `${plan.logRetentionDays} days`],
  ] as const;
  return (
    <Panel className="p-4 lg:p-5">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 className="font-semibold">{plan.name}</h2>
        <ButtonLink to={`/${slug}/pool`}>Divide the pool</ButtonLink>
      </div>
      <p className="num mt-3 mb-1.5 text-sm">Memory: {formatOf('memoryBytes', pool.total.memoryBytes)}</p>
      <PoolStrip
        height={56}
        name="Memory"
        total={pool.total.memoryBytes}
        format={(amount) => formatOf('memoryBytes', amount)}
        basins={basinsOf(organization, 'memoryBytes')}
      />
      <dl className="num mt-4 grid grid-cols-2 gap-x-6 gap-y-3 sm:grid-cols-4">
        {facts.map(([label, text]) => (
          <div key={label}>
            <dt className="text-xs text-muted">{label}</dt>
            <dd className="mt-0.5 text-sm font-medium">{text}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
