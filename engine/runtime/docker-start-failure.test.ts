import { expect, test } from 'vitest';
import { startFailure } from './docker-start-failure.js';

const answered = (statusCode: number, words: string) =>
  Object.assign(new Error(`(HTTP code ${statusCode}) server error - ${words} `), { statusCode });
const runc = (words: string) =>
  `failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: ${words}: unknown`;

test('what the image is to blame for is told in Docker’s own words', () => {
  expect(startFailure(answered(400, runc('exec: "nosuch": executable file not found in $PATH')))?.message).toMatch(
    /^Docker cannot start the image: exec: "nosuch": executable file not found in \$PATH\. Correct /,
  );
  expect(startFailure(answered(404, runc('exec: "/app/start.sh": permission denied')))).toMatchObject({
    code: 'START_CRASH',
    stage: 'START',
  });
});

test('what the machine is to blame for stays a fault', () => {
  for (const fault of [
    answered(500, 'error while creating mount source path: no space left on device'),
    answered(500, runc('unable to apply cgroup configuration: cannot allocate memory')),
    answered(500, 'exec: "docker-init": executable file not found in $PATH'),
    answered(500, 'network apployd-x not found'),
    new Error('exec: connect ECONNREFUSED'),
  ]) {
    expect(startFailure(fault)).toBeNull();
  }
});
