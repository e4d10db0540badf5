import { redirect } from '@remix-run/node';
import { NotFoundError } from '@apployd/sdk';
import { PlatformAuditLogDocument, PlatformOrganizationListDocument } from '@apployd/sdk/documents';
import { type Call, loginFor, notFound, signedIn } from '../../api/api.server.js';

const organizationsAPage = 50;
const entriesAPage = 20;

/** All that the page of the platform shows; for who is no operator there is no such page. */
export const loadPlatform = (call: Call) =>
  signedIn(call, async ({ apployd, ask }) => {
    const { isOperator } = await apployd.account.viewer().catch((error: unknown) => {
      if (error instanceof NotFoundError) throw redirect(loginFor(call.request));
      throw error;
    });
    if (!isOperator) throw notFound();
    const params = new URL(call.request.url).searchParams;
    const [organizations, log, plans, operators, servers] = await Promise.all([
      ask(PlatformOrganizationListDocument, {
        search: params.get('search')?.trim() || null,
        first: organizationsAPage,
        after: params.get('after'),
      }),
      ask(PlatformAuditLogDocument, { first: entriesAPage, after: params.get('before') }),
      apployd.plans.list(),
      apployd.platform.operators(),
      apployd.platform.servers(),
    ]);
    if (!organizations.data.platform || !log.data.platform) throw notFound();
    return {
      organizations: organizations.data.platform.organizations,
      log: log.data.platform.auditLog,
      plans,
      operators,
      servers,
    };
  });
