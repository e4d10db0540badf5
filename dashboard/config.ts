import { z } from 'zod';

const httpAddress = z.url({ protocol: /^https?$/, error: 'is to be an address such as http://127.0.0.1:4000' });

/** What APPLOYD_SERVER_URL means is said in the edge's settings. */
export const dashboardSettings = z.object({
  DASHBOARD_HOST: z.string().min(1).default('127.0.0.1').describe('Address at which the dashboard listens.'),
  DASHBOARD_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(3000)
    .describe('Port at which the dashboard listens; 0 takes any free one. Visitors come through the edge.'),
  APPLOYD_SERVER_URL: httpAddress.default('http://127.0.0.1:4000'),
});

export type DashboardConfig = z.output<typeof dashboardSettings>;

/** An empty variable counts as absent. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): DashboardConfig {
  return dashboardSettings.parse(Object.fromEntries(Object.entries(env).filter(([, value]) => value)));
}
