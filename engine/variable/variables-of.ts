import type { Deployment, Environment } from '@apployd/prisma/generated/client/client';

/** Which variables a deployment runs with, whatever they are today; today's when it is not known which. */
export function variablesOf(
  { environmentId, variablesVersion }: Pick<Deployment, 'environmentId' | 'variablesVersion'>,
  environment: Pick<Environment, 'variablesVersion'>,
): Pick<Environment, 'id' | 'variablesVersion'> {
  return { id: environmentId, variablesVersion: variablesVersion ?? environment.variablesVersion };
}
