import { index, layout, route, type RouteConfig, type RouteConfigEntry } from '@remix-run/route-config';

/** Every address and the folder of its screen. Project pages come last: their names are the customers'. */
const routes: RouteConfig = [
  index('routes/home/home.tsx'),
  route('login', 'routes/login/login.tsx'),
  route('signup', 'routes/signup/signup.tsx'),
  route('logout', 'routes/logout/logout.ts'),
  route('theme', 'routes/theme/theme.ts'),
  route('new', 'routes/new-organization/new-organization.tsx'),
  route('account', 'routes/account/account.tsx'),
  route('platform', 'routes/platform/platform.tsx'),
  route('reset-password', 'routes/reset-password/ask.tsx'),
  route('reset-password/:secret', 'routes/reset-password/set.tsx'),
  route('verify-email/:secret', 'routes/verify-email/verify-email.tsx'),
  route('invitations/:secret', 'routes/invitation/invitation.tsx'),
  route(':org', 'routes/organization/organization.tsx', [
    index('routes/overview/overview.tsx'),
    route('pool', 'routes/pool/pool.tsx'),
    route('new', 'routes/new-project/new-project.tsx'),
    route('members', 'routes/members/members.tsx'),
    route('tokens', 'routes/tokens/tokens.tsx'),
    route('audit', 'routes/audit/audit.tsx'),
    route('billing', 'routes/billing/billing.tsx'),
    route('billing/earlier', 'routes/earlier-organization-events/earlier-organization-events.ts'),
    route('settings', 'routes/organization-settings/organization-settings.tsx'),
    route('search', 'routes/search/search.ts'),
    layout('routes/project/project.tsx', [
      route(':project', 'routes/project-overview/project-overview.tsx'),
      route(':project/deployments', 'routes/deployments/deployments.tsx'),
      route(':project/activity', 'routes/activity/activity.tsx'),
      route(':project/logs', 'routes/runtime-log/runtime-log.tsx'),
      route(':project/variables', 'routes/variables/variables.tsx'),
      route(':project/domains', 'routes/domains/domains.tsx'),
      route(':project/settings', 'routes/project-settings/project-settings.tsx'),
      route(':project/environments', 'routes/environments/environments.tsx'),
      // The same pages for all but production.
      ofEnvironment('', 'routes/project-overview/project-overview.tsx'),
      ofEnvironment('/deployments', 'routes/deployments/deployments.tsx'),
      ofEnvironment('/logs', 'routes/runtime-log/runtime-log.tsx'),
      ofEnvironment('/variables', 'routes/variables/variables.tsx'),
      ofEnvironment('/domains', 'routes/domains/domains.tsx'),
      ofEnvironment('/settings', 'routes/environment-settings/environment-settings.tsx'),
    ]),
    route(':project/activity/earlier', 'routes/earlier-events/earlier-events.ts'),
    route(':project/logs/earlier', 'routes/earlier-lines/earlier-lines.ts'),
    route(':project/deployments/:number', 'routes/deployment/deployment.tsx'),
    ofEnvironment('/deployments/:number', 'routes/deployment/deployment.tsx'),
  ]),
];

/** A page has one id for each of its addresses. */
function ofEnvironment(path: string, file: string): RouteConfigEntry {
  return route(`:project/environments/:environment${path}`, file, { id: `environment${path}` });
}

export default routes;
