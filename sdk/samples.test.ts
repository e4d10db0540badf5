import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { aDeployment, aLogPage, anEvent, anOrganizationEvent, environment, happyWorld } from './testing/make.js';
import { organization, pageInfo, project } from './testing/make.js';
import { type MockPlatform, mockPlatform } from './testing/mock-platform.js';
import { readmeSample } from './testing/readme-sample.js';

const room = fileURLToPath(new URL('.', import.meta.url));
const sample = path.join(room, `.readme-sample-${process.pid}.mts`);
let folder: string;
let platform: MockPlatform;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'apployd-sdk-'));
  await mkdir(path.join(folder, 'dist'));
  await writeFile(path.join(folder, 'dist/index.html'), '<h1>Hello</h1>');
  const world = happyWorld();
  const deployments = { nodes: [aDeployment()], edges: [], pageInfo };
  const audited = { auditExportUrl: 'http://localhost/audit/org_1', auditLog: { nodes: [], edges: [], pageInfo } };
  const logSearch = { lines: [], stoppedAt: 'c1', isComplete: true, scannedLines: 40, scannedBytes: 900 };
  const listed = {
    // Who asks before the stream is there is told no state that is still to come.
    deployment: () => ({ ...aDeployment(), buildLogs: (args: { first?: number }) => aLogPage(3, args) }),
    organization: () => ({
      ...organization,
      ...audited,
      events: { nodes: [anOrganizationEvent(1)], edges: [], pageInfo },
    }),
    project: () => ({ ...project, deployments, events: { nodes: [anEvent(1)], edges: [], pageInfo } }),
    environment: () => ({ ...environment, deployments, logSearch }),
  };
  platform = await mockPlatform({ ...world, Query: { ...world.Query, ...listed } }, ({ method }, response) => {
    if (method !== 'PUT' && method !== 'GET') return false;
    response.writeHead(204).end();
    return true;
  });
});

afterAll(async () => {
  await platform.close();
  await rm(sample, { force: true });
  await rm(folder, { recursive: true, force: true });
});

test('the samples of the README run, one after the other', async () => {
  await writeFile(sample, readmeSample(platform.url));
  const tsx = createRequire(import.meta.url).resolve('tsx');
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=source', '--import', tsx, sample], {
    cwd: folder,
    timeout: 60_000,
  });
  expect(stdout.split('\n').slice(0, 5)).toEqual(['line 1', 'line 2', 'line 3', environment.url, 'QUEUED ']);
  expect(stdout).toContain('shop\n');
  expect(stdout).toContain('deployment.ready { number: 2 }');
  expect(stdout).toContain("billing.changed { status: 'ACTIVE' }");
  expect(stdout).toContain('0 40\n');
});
