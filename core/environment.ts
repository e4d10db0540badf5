/** The environment that every project has, and that goes with it. */
export const productionSlug = 'production';

/** Of one project, those that wait to be erased among them. */
export const mostEnvironments = 20;
