import { ChevronDown } from 'lucide-react';
import { useState } from 'react';
import { titleOf } from '../deployment/state.js';
import { ButtonLink } from '../ui/button.js';
import { Menu } from '../ui/menu.js';
import { RollBack, RollBackDialog } from './roll-back.js';
import type { DeploymentRow } from './shown.js';

type Props = {
  readonly candidates: readonly DeploymentRow[];
  readonly environmentId: string;
  /** Where they are listed, for who has no scripts. */
  readonly listedAt: string;
};

/** What can be brought back: one press for the only one, else a choice. */
export function RollBackMenu({ candidates, environmentId, listedAt }: Props) {
  const [chosen, choose] = useState<DeploymentRow | null>(null);
  const [only] = candidates;
  if (!only) return null;
  if (candidates.length === 1) return <RollBack small to={only} environmentId={environmentId} />;
  const items = candidates.map((one) => ({
    label: `To ${one.number}`,
    hint: titleOf(one),
    onSelect: () => choose(one),
  }));
  return (
    <>
      <Menu label="Roll back" groups={[{ items }]} align="end">
        {(trigger) => (
          <ButtonLink small to={listedAt} {...trigger}>
            Roll back <ChevronDown size={14} aria-hidden />
          </ButtonLink>
        )}
      </Menu>
      {chosen && <RollBackDialog to={chosen} environmentId={environmentId} onClose={() => choose(null)} />}
    </>
  );
}
