import { useState } from 'react';
import { type Problem, problemAt } from '../../api/problem.js';
import { PoolStrip } from '../../pool/pool-strip.js';
import { amountOf, formatOf, type ResourceName, resourceKinds, resourceNames, typedOf } from '../../pool/resources.js';
import { SliceField } from '../../pool/slice-field.js';
import { basinsOf, useOrganization } from '../../shell/organization-context.js';
import { ButtonLink } from '../../ui/button.js';
import { Notice } from '../../ui/notice.js';
import { Block } from './block.js';
import { firstSlice } from './first-slice.js';

type Props = { readonly problem?: Problem; readonly typed: Readonly<Record<string, string>> };

/** How much of the pool the project gets. A modest slice is right for most: then one line is enough. */
export function SliceBlock({ problem, typed }: Props) {
  const { organization } = useOrganization();
  const { pool, slug } = organization;
  const modest = firstSlice(pool);
  const [amounts, setAmounts] = useState(() =>
    Object.fromEntries(resourceNames.map((name) => [name, typed[name] ?? typedOf(name, modest[name])])),
  );
  const amountIn = (name: ResourceName) => amountOf(name, amounts[name] ?? '');
  const isOver = resourceNames.some(
    (name) => (amountIn(name) ?? 0) > Math.min(pool.available[name], pool.largestSlice[name]),
  );
  const isFull = resourceNames.some((name) => pool.available[name] < resourceKinds[name].least);
  const isRefused = Boolean(problemAt(problem, ...resourceNames.map((name) => `resources.${name}`)));
  return (
    <Block
      title="Slice of the pool"
      number={2}
      summary={resourceNames.map((name) => formatOf(name, amountIn(name) ?? 0)).join(', ')}
      isWrong={isFull || isOver || isRefused}
    >
      {isFull && <Full slug={slug} pool={pool} />}
      <PoolStrip
        name="Memory of the pool"
        height={28}
        total={pool.total.memoryBytes}
        format={(amount) => formatOf('memoryBytes', amount)}
        basins={basinsOf(organization, 'memoryBytes')}
      />
      <div className="mt-5 grid gap-4">
        {resourceNames.map((name) => (
          <SliceField
            key={name}
            name={name}
            typed={amounts[name] ?? ''}
            onTyped={(text) => setAmounts((before) => ({ ...before, [name]: text }))}
            total={pool.total[name]}
            free={pool.available[name]}
            most={pool.largestSlice[name]}
            error={problemAt(problem, `resources.${name}`)}
          />
        ))}
      </div>
    </Block>
  );
}

type FullProps = { readonly slug: string; readonly pool: Parameters<typeof firstSlice>[0] };

/** Nothing is left to give. */
function Full({ slug, pool }: FullProps) {
  const out = resourceNames.filter((name) => pool.available[name] < resourceKinds[name].least);
  return (
    <Notice
      className="mb-4"
      tone="warn"
      title={`No ${out.map((name) => resourceKinds[name].lower).join(' and no ')} is free.`}
      action={
        <ButtonLink small to={`/${slug}/pool`}>
          Divide the pool
        </ButtonLink>
      }
    >
      Take some from another project, and it can be given to this one.
    </Notice>
  );
}
