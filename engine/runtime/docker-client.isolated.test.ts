import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { loadDocker } from './docker-client.js';

test('gRPC and ssh are loaded when they are first called, and then work', async () => {
  const Docker = loadDocker();
  expect(loadedOf('@grpc/grpc-js')).toEqual([]);
  expect(loadedOf('ssh2')).toEqual([]);

  const nowhere = new Docker({ protocol: 'ssh', host: '127.0.0.1', port: 1, username: 'nobody' });
  await expect(nowhere.ping()).rejects.toThrow('ECONNREFUSED');
  expect(loadedOf('ssh2')).not.toEqual([]);

  await expect(startSession()).rejects.toThrow('no engine here');
  expect(loadedOf('@grpc/grpc-js')).not.toEqual([]);
});

const { cache, resolve } = createRequire(import.meta.url);

const loadedOf = (name: string) => Object.keys(cache).filter((file) => file.includes(`/node_modules/${name}/`));

/** As dockerode does for a build with BuildKit, on an engine that refuses it. */
function startSession(): Promise<void> {
  const session = createRequire(resolve('dockerode'))('./session') as (
    docker: object,
    auth: object,
    onSession: (error: Error | null) => void,
  ) => void;
  const modem = { dial: (_: object, onSocket: (error: Error) => void) => onSocket(new Error('no engine here')) };
  return new Promise((done, failed) => session({ modem }, {}, (error) => (error ? failed(error) : done())));
}
