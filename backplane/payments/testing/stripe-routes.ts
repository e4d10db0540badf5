import { clockRoutes } from './stripe-clock-routes.js';
import { meterRoutes } from './stripe-meter-routes.js';
import { saleRoutes } from './stripe-sale-routes.js';
import { subscriptionRoutes } from './stripe-subscription-routes.js';
import type { Parameters } from './stripe-request.js';
import type { World } from './stripe-world.js';

/** One thing that the API does: reads all that it takes of the parameters before it changes anything. */
export type Work = (world: World, parameters: Parameters, id: string) => () => object;

/** `METHOD path`, with `*` for an id. */
export const routes: Readonly<Record<string, Work>> = {
  ...saleRoutes,
  ...subscriptionRoutes,
  ...meterRoutes,
  ...clockRoutes,
};
