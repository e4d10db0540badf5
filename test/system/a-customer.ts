import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Apployd } from '@apployd/sdk/node';
import { writeFiles, type Files } from './sample-repository.js';

export type Customer = {
  readonly apployd: Apployd;
  project(name: string): Promise<{ readonly projectId: string; readonly environmentId: string }>;
  /** Makes a project and deploys these files to it, by upload; where it is live. */
  deploy(name: string, files: Files): Promise<string>;
};

/** Somebody who signs up at the platform behind this edge of ours. */
export async function aCustomer(edgePort: number): Promise<Customer> {
  const apployd = new Apployd({ url: `http://127.0.0.1:${edgePort}` });
  const person = { name: 'Grace', email: 'grace@example.com', password: 'correct horse battery' };
  const { organization } = await apployd.account.signUp(person);
  const project = async (name: string) => {
    const input = { organizationId: organization.id, name, repositoryUrl: 'https://github.com/acme/shop' };
    const made = await apployd.projects.create(input);
    return { projectId: made.project.id, environmentId: made.productionEnvironment.id };
  };
  return {
    apployd,
    project,
    deploy: async (name, files) => {
      const target = await project(name);
      const folder = await mkdtemp(path.join(os.tmpdir(), 'apployd-upload-'));
      try {
        await writeFiles(folder, files);
        const deployment = await apployd.deployments.fromFolder(folder, target);
        const { url } = await deployment.wait({ timeoutMs: 120_000 });
        return url ?? '';
      } finally {
        await rm(folder, { recursive: true });
      }
    },
  };
}
