import { z } from 'zod';

const httpAddress = z.url({ protocol: /^https?$/, error: 'is to be an address such as http://127.0.0.1:4000' });

export const dashboardSettings = z.object({
  DASHBOARD_HOST: z.string().min(1).default('127.0.0.1'),
  /** 0 takes a free one. */
  DASHBOARD_PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  /** Where the API is, for the pages that are made here; browsers reach it through the edge, at their own origin. */
  APPLOYD_SERVER_URL: httpAddress.default('http://127.0.0.1:4000'),
});

export type DashboardConfig = z.output<typeof dashboardSettings>;

/** An empty variable counts as absent. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): DashboardConfig {
  return dashboardSettings.parse(Object.fromEntries(Object.entries(env).filter(([, value]) => value)));
}
