import { randomBytes } from 'node:crypto';
import { beforeEach, expect, test, vi } from 'vitest';
import { readConfig } from './config.js';
import { chooseRuntime } from './machinery.js';

// Docker's client reads it by itself.
beforeEach(() => void vi.stubEnv('DOCKER_HOST', 'tcp://127.0.0.1:9'));

const config = (runtime: string) =>
  readConfig({
    DATABASE_URL: 'postgresql://127.0.0.1/x',
    APPLOYD_SECRET: randomBytes(32).toString('hex'),
    ENGINE_RUNTIME: runtime,
    DOCKER_HOST: 'tcp://127.0.0.1:9',
  });

test('what is asked for is taken, and said so', async () => {
  expect(await chooseRuntime(config('process'), 'docker')).toEqual({ kind: 'process', why: 'ENGINE_RUNTIME says so' });
});

test('Docker that is asked for and does not answer is an error that says what to do', async () => {
  await expect(chooseRuntime(config('docker'), null)).rejects.toThrow(/start it, or set DOCKER_HOST/);
});

test('an installation whose releases run in Docker does not fall back to processes', async () => {
  await expect(chooseRuntime(config('auto'), 'docker')).rejects.toThrow(/set ENGINE_RUNTIME=process/);
});
