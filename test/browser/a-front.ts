import path from 'node:path';
import { freePort } from '@apployd/backplane/testing/free-port';
import { aPlatform, type TestPlatform } from '../system/a-platform.js';
import { sampleRepository, type SampleRepository } from '../system/sample-repository.js';
import { cuttable, type Cuttable } from '@apployd/backplane/testing/cuttable';

/** A platform with its dashboard, behind a network that can be lost, and a repository to deploy. */
export type Front = {
  readonly platform: TestPlatform;
  readonly network: Cuttable;
  readonly url: string;
  readonly repository: SampleRepository;
  close(): Promise<void>;
};

/** Wide basins for a few projects. */
const plan = { SERVER_DEFAULT_PLAN: 'PRO' };

/** A script reads and presses faster than any person. */
const rates = {
  SERVER_RATE_POINTS: '100000',
  SERVER_RATE_POINTS_PER_SECOND: '1000',
  SERVER_RATE_MUTATIONS: '1000',
  SERVER_RATE_DEPLOYMENTS: '1000',
  SERVER_RATE_SUBSCRIPTIONS: '1000',
};

/** Somebody has signed up already. */
export const ada = { email: 'ada@example.com', password: 'correct horse battery staple' };

export async function aFront(env: Readonly<Record<string, string>> = {}): Promise<Front> {
  const edgePort = await freePort();
  const network = await cuttable(edgePort);
  const url = `http://localhost:${network.port}`;
  const platform = await aPlatform({
    runtime: 'process',
    streams: 'websocket',
    env: { ...plan, ...rates, EDGE_PORT: String(edgePort), APPLOYD_PUBLIC_URL: url, ...env },
  });
  const repository = await sampleRepository(path.join(platform.folder, 'repositories', 'shop'));
  return {
    platform,
    network,
    url,
    repository,
    close: async () => {
      await network.close();
      await platform.stop();
    },
  };
}
