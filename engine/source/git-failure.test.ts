import { describe, expect, test } from 'vitest';
import { DeploymentFailure } from '@apployd/core/failure';
import { gitFailure, HostUnreachable } from './git-failure.js';

const url = 'https://git.example.com/acme/shop';

describe("git's complaint", () => {
  test.each([
    `fatal: unable to access '${url}/': Could not resolve host: git.example.com`,
    'ssh: Could not resolve hostname git.example.com: Temporary failure in name resolution\nfatal: Could not read from remote repository.',
    `fatal: unable to access '${url}/': Recv failure: Connection reset by peer`,
    'ssh: connect to host git.example.com port 22: Connection timed out\nfatal: Could not read from remote repository.',
    'ssh: connect to host git.example.com port 22: No route to host\nfatal: Could not read from remote repository.',
    'kex_exchange_identification: Connection closed by remote host\nConnection closed by 192.0.2.7 port 22\nfatal: Could not read from remote repository.',
    'error: RPC failed; curl 56 GnuTLS recv error (-110): The TLS connection was non-properly terminated.\nfetch-pack: unexpected disconnect while reading sideband packet\nfatal: early EOF',
    `fatal: unable to access '${url}/': The requested URL returned error: 503`,
  ])('of a host that was not reached is told from the rest, and is kept: %j', (stderr) => {
    const failure = gitFailure(stderr, url);
    expect(failure).toBeInstanceOf(HostUnreachable);
    expect(failure).toMatchObject({ code: 'SOURCE_UNAVAILABLE', stage: 'FETCH', message: /this platform's network/ });
    expect(stderr).toContain((failure as HostUnreachable).complaint);
  });

  test.each([
    `fatal: could not read Username for '${url}': terminal prompts disabled`,
    `fatal: repository '${url}/' not found`,
    'git@git.example.com: Permission denied (publickey).\nfatal: Could not read from remote repository.',
    'Host key verification failed.\nfatal: Could not read from remote repository.',
    `fatal: unable to access '${url}/': The requested URL returned error: 403`,
    'fatal: something new',
  ])('of anything else is a failure that another try would not mend: %j', (stderr) => {
    const failure = gitFailure(stderr, url);
    expect(failure).toBeInstanceOf(DeploymentFailure);
    expect(failure).not.toBeInstanceOf(HostUnreachable);
  });

  test('of this machine is a fault of ours', () => {
    expect(gitFailure('fatal: write error: No space left on device', url)).not.toBeInstanceOf(DeploymentFailure);
  });

  test('is kept without the credentials that it repeats', () => {
    const stderr =
      "fatal: unable to access 'https://ghp_token@git.example.com/x/': Could not resolve host: git.example.com";
    expect((gitFailure(stderr, url) as HostUnreachable).complaint).not.toContain('ghp_token');
  });
});
