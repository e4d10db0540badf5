import { addressOf, production } from '../../project/address.js';
import { DidNotGoLive } from '../../project/did-not-go-live.js';
import { type ProjectRow, useOrganization } from '../../shell/organization-context.js';
import { ButtonLink } from '../../ui/button.js';
import { Notice } from '../../ui/notice.js';
import { Panel } from '../../ui/panel.js';
import { titleOfDown, troublesOf } from './troubles.js';

/** What is down in production and what failed there last, each with its cause and one thing to do. */
export function Attention() {
  const { organization } = useOrganization();
  const troubles = troublesOf(organization.projects.nodes);
  if (troubles.length === 0) return null;
  return (
    <Panel className="mt-5 divide-y divide-line">
      <h2 className="sr-only">Needs your attention</h2>
      {troubles.map(({ kind, row }) => {
        const base = addressOf(organization.slug, row.slug, production);
        const [latest] = row.recentDeployments;
        if (kind === 'DOWN') return <Down key={`${kind} ${row.id}`} row={row} base={base} />;
        return (
          latest && (
            <DidNotGoLive
              key={`${kind} ${row.id}`}
              failed={latest}
              instead={row.productionEnvironment}
              base={base}
              project={row.slug}
            />
          )
        );
      })}
    </Panel>
  );
}

/** Its page has what it printed last. */
const Down = ({ row, base }: { readonly row: ProjectRow; readonly base: string }) => (
  <Notice
    row
    title={titleOfDown(row)}
    action={
      <ButtonLink small to={base}>
        See why<span className="sr-only"> {row.slug} is down</span>
      </ButtonLink>
    }
  >
    {row.productionEnvironment.stateReason}
  </Notice>
);
