import type { OrganizationDeploymentListQuery } from '@apployd/sdk';
import { useParams } from '@remix-run/react';
import { useEffect, useMemo, useState } from 'react';
import { fetchJson } from '../api/fetch-json.js';
import { useOrganization } from '../shell/organization-context.js';
import { acts } from './acts.js';
import { jumps } from './jumps.js';
import type { Known } from './known.js';
import { logSearches } from './log-searches.js';
import { type Offer, offers } from './offer.js';
import { recentIn } from './recent.js';
import { settings } from './settings.js';

type Newest = NonNullable<OrganizationDeploymentListQuery['organization']>['projects']['nodes'];

/** What the palette offers for a query. Older deployments and roll backs are there as soon as they have come. */
export function useOffers(query: string, showKeys: () => void): readonly Offer[] {
  const { organization, organizations, isOperator } = useOrganization();
  const { project: slug, number } = useParams();
  const newest = useNewest(organization.slug);
  return useMemo(() => {
    const known: Known = {
      organization,
      deployments: new Map(newest.map(({ id, recentDeployments }) => [id, recentDeployments])),
      project: organization.projects.nodes.find((one) => one.slug === slug) ?? null,
      number: number ? Number(number) : null,
      query,
    };
    const others = organizations.filter(({ id }) => id !== organization.id);
    const commands = [...jumps(known), ...acts(known), ...settings({ others, isOperator }, showKeys)];
    return offers(commands, logSearches(known), query, recentIn(organization.slug));
  }, [organization, organizations, isOperator, newest, slug, number, query, showKeys]);
}

/** Without them, for want of a network, the palette still leads everywhere else. */
function useNewest(organization: string): Newest {
  const [newest, setNewest] = useState<Newest>([]);
  useEffect(() => {
    let isWanted = true;
    void fetchJson<Newest>(`/${organization}/search`).then((found) => {
      if (found && isWanted) setNewest(found);
    });
    return () => {
      isWanted = false;
    };
  }, [organization]);
  return newest;
}
