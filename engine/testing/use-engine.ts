import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { testDatabase, type TestDatabase } from '@apployd/prisma/test-database';
import type { Environment } from '@apployd/prisma/generated/client/client';
import { deploy } from '../deploy/deploy.js';
import type { FakeApp } from '../runtime/fake.js';
import { aDeployment, anEnvironment } from './a-deployment.js';
import { anEngine, type TestEngine } from './an-engine.js';

/** A signal that never fires. */
export const never: AbortSignal = new AbortController().signal;

/** An app that answers every visit with this text. */
export const says =
  (text: string): FakeApp =>
  (app) =>
    app.serve((_, response) => response.end(text));

/** Gives every test of a file an engine with one environment; one database serves them all. */
export function useEngine(options?: Parameters<typeof anEngine>[1]) {
  let database: TestDatabase;
  let engine: TestEngine;
  let environment: Environment;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    engine = await anEngine(database, options);
    environment = await anEnvironment(engine);
  });
  afterEach(() => engine.close());

  const row = (id: string) =>
    engine.db.deployment.findUniqueOrThrow({
      where: { id },
      include: { steps: true, instances: { orderBy: [{ createdAt: 'asc' }, { id: 'asc' }] }, release: true },
    });
  return {
    get engine() {
      return engine;
    },
    get environment() {
      return environment;
    },
    row,
    visit: () => engine.edge.visit(environment.hostname),
    /** Deploys this app from a branch of that name. */
    goLive: async (branch: string, app: FakeApp = says(branch)) => {
      engine.publish(branch, app);
      const deployment = await aDeployment(engine, environment, { ref: branch });
      await deploy(engine, deployment.id, never);
      return row(deployment.id);
    },
    /** The deployments of the instances that run. */
    running: () =>
      [...engine.machine.instances.values()].filter(({ ended }) => !ended).map(({ request }) => request.deploymentId),
    events: async () => {
      const where = { streamId: environment.projectId };
      return (await engine.db.event.findMany({ where, orderBy: { sequence: 'asc' } })).map(({ type }) => type);
    },
  };
}
