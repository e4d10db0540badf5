import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type Docker from 'dockerode';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { GiB, MiB } from '@apployd/core/resources';
import { isLeftOut } from '@apployd/test/without';
import { buildRequest } from '../builder/builder.conformance.js';
import { dockerBuilder } from '../builder/docker.js';
import { recordingLog } from '../source/recording-log.js';
import { dockerFirewall, firewallRules } from './docker-firewall.js';
import { ensureBuildNetwork } from './docker-network.js';
import { aRequest, fetchAllInside, fetchInside, sampleImage, testDocker } from './docker-sample.conformance.js';
import { dockerRuntime } from './docker.js';
import type { Runtime } from './runtime.js';

const run = promisify(execFile);

describe('the rules', () => {
  test('let answers and name servers through, and drop the rest', () => {
    const rules = firewallRules(4, { openPorts: [443], denied: ['10.0.0.5'] }, ['192.0.2.1', 'fd00::1']).split('\n');
    expect(rules).toEqual([
      '*filter',
      ':APPLOYD-INPUT - [0:0]',
      ':APPLOYD-FORWARD - [0:0]',
      '-A APPLOYD-INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT',
      '-A APPLOYD-INPUT -d 192.0.2.1 -p udp --dport 53 -j ACCEPT',
      '-A APPLOYD-INPUT -d 192.0.2.1 -p tcp --dport 53 -j ACCEPT',
      '-A APPLOYD-INPUT -p tcp --dport 443 -j ACCEPT',
      '-A APPLOYD-INPUT -j DROP',
      '-A APPLOYD-FORWARD -d 169.254.0.0/16 -j DROP',
      '-A APPLOYD-FORWARD -d 10.0.0.5 -j DROP',
      'COMMIT',
      '',
    ]);
  });

  test('take nothing for an address that is none', () => {
    expect(() => firewallRules(4, { denied: ['10.0.0.5 -j ACCEPT'] }, [])).toThrow('not an address');
  });
});

test('without root it warns once and goes on', async () => {
  const getuid = vi.spyOn(process, 'getuid').mockReturnValue(1000);
  onTestFinished(() => getuid.mockRestore());
  const warn = vi.fn();
  const firewall = dockerFirewall({ warn });
  await firewall.ensure();
  await firewall.ensure();
  expect(warn.mock.calls).toEqual([[expect.stringContaining('only root')]]);
});

const mayPutUpRules = process.platform === 'linux' && process.getuid?.() === 0;

describe.skipIf(isLeftOut('docker'))('on this machine', () => {
  let docker: Docker;
  let runtime: Runtime;
  const warn = vi.fn();
  const firewall = dockerFirewall({ warn });

  beforeAll(async () => {
    if (!mayPutUpRules) {
      throw new Error(
        'Only root on Linux can put up firewall rules: run this as root, or leave it out with --without docker.',
      );
    }
    docker = await testDocker();
    runtime = dockerRuntime(docker, { local: true, firewall });
  });

  afterAll(async () => {
    const jumps = [
      ['iptables', 'INPUT', 'APPLOYD-INPUT'],
      ['ip6tables', 'INPUT', 'APPLOYD-INPUT'],
      ['iptables', 'DOCKER-USER', 'APPLOYD-FORWARD'],
    ] as const;
    for (const [program, from, to] of jumps)
      await run(program, ['-w', '5', '-D', from, '-i', 'apd+', '-j', to]).catch(() => undefined);
    for (const program of ['iptables', 'ip6tables']) {
      for (const chain of ['APPLOYD-INPUT', 'APPLOYD-FORWARD']) {
        await run(program, ['-w', '5', '-F', chain]).catch(() => undefined);
        await run(program, ['-w', '5', '-X', chain]).catch(() => undefined);
      }
    }
  });

  async function startSample() {
    const instance = await runtime.start(aRequest(await sampleImage(docker)));
    onTestFinished(() => runtime.stop(instance.handle, 0));
    await expect
      .poll(
        () =>
          fetch(`http://${instance.host}:3000/`).then(
            ({ ok }) => ok,
            () => false,
          ),
        { timeout: 10_000 },
      )
      .toBe(true);
    return instance;
  }

  test('a container reaches no listener of the machine, while the machine reaches the container', async () => {
    const server = createServer((_, response) => response.end('secret of the host')).listen(0, '0.0.0.0');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { handle } = await startSample();
    const { NetworkSettings } = await docker.getContainer(handle).inspect();
    const gateway = Object.values(NetworkSettings.Networks)[0]?.Gateway ?? '';
    const { stdout } = await run('hostname', ['-I']);
    const own = stdout.split(' ').filter((address) => /^\d+\.\d+\.\d+\.\d+$/.test(address));
    expect(await fetch(`http://${gateway}:${port}/`).then((response) => response.text())).toBe('secret of the host');
    const addresses = [...new Set([gateway, ...own, '127.0.0.1'])];
    const urls = addresses.map((address) => `http://${address}:${port}/`);
    const answers = await fetchAllInside(docker, handle, urls);
    expect(answers).toHaveLength(urls.length);
    for (const answer of answers) expect(answer).toMatch(/^no answer/);
  });

  test("a container does not reach the cloud's metadata service", async () => {
    const { handle } = await startSample();
    expect(await fetchInside(docker, handle, 'http://169.254.169.254/latest/meta-data/')).toMatch(/^no answer/);
    const { stdout } = await run('iptables', ['-w', '5', '-vnxL', 'APPLOYD-FORWARD']);
    expect(Number(/(\d+)\s+\d+\s+DROP.*169\.254/.exec(stdout)?.[1])).toBeGreaterThan(0);
  });

  test('a step of a build reaches itself, and neither the machine, the Docker engine, the metadata service nor the app of a tenant', async () => {
    const server = createServer((_, response) => response.end('secret of the host')).listen(0, '0.0.0.0');
    onTestFinished(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const network = await ensureBuildNetwork(docker, { local: true, firewall });
    const { IPAM } = await docker.getNetwork(network).inspect();
    const gateway = IPAM?.Config?.[0]?.Gateway ?? '';
    const tenant = await startSample();
    const answers = await fetchInBuild(network, [
      ...[port, 2375, 2376].map((each) => `http://${gateway}:${each}/`),
      'http://169.254.169.254/latest/meta-data/',
      `http://${tenant.host}:3000/`,
    ]);
    expect(answers).toHaveLength(6);
    const [itself, ...others] = answers;
    expect(itself).toBe('itself; no socket of Docker');
    for (const answer of others) expect(answer).toMatch(/^no answer/);
  });

  /** What a step of a build gets when it fetches these; before them what it gets of itself, which shows that it can. */
  async function fetchInBuild(network: string, urls: readonly string[]): Promise<string[]> {
    const script = `const socket = require('fs').existsSync('/var/run/docker.sock') ? 'a' : 'no';
      const server = require('http').createServer((_, answer) => answer.end('itself; ' + socket + ' socket of Docker'));
      const answerOf = (url) => fetch(url, { signal: AbortSignal.timeout(2000) })
        .then((response) => response.text(), (error) => 'no answer: ' + (error.cause?.code ?? error.name));
      server.listen(0, async () => {
        const urls = ['http://127.0.0.1:' + server.address().port, ...${JSON.stringify(urls)}];
        console.log('answers ' + JSON.stringify(await Promise.all(urls.map(answerOf))));
        process.exit(0);
      });`;
    const root = await mkdtemp(path.join(os.tmpdir(), 'apployd-build-'));
    onTestFinished(() => rm(root, { recursive: true, force: true }));
    const limits = { memoryBytes: 512 * MiB, cpuMillicores: 2_000, diskBytes: 4 * GiB, maxProcesses: 1024 };
    const builder = dockerBuilder(docker, { limits, network: () => Promise.resolve(network) });
    const step = `RUN ${JSON.stringify(['node', '-e', script])}`;
    const request = await buildRequest(root, { Dockerfile: `FROM node:20-alpine\n${step}\nCMD ["node"]\n` });
    const log = recordingLog();
    const image = await builder.build(request, log, new AbortController().signal);
    onTestFinished(() => builder.remove(image.id));
    const printed = log.lines.map(({ message }) => message).find((line) => line.startsWith('answers '));
    return JSON.parse(printed?.slice('answers '.length) ?? '[]') as string[];
  }

  test('containers of a project find each other by name', async () => {
    const projectId = aRequest('').projectId;
    const image = await sampleImage(docker);
    const [one, two] = await Promise.all([
      runtime.start(aRequest(image, { projectId })),
      runtime.start(aRequest(image, { projectId })),
    ]);
    onTestFinished(async () => {
      for (const { handle } of [one, two]) await runtime.stop(handle, 0);
    });
    const name = (await docker.getContainer(one.handle).inspect()).Name.slice(1);
    await expect.poll(() => fetchInside(docker, two.handle, `http://${name}:3000/`), { timeout: 20_000 }).toBe('hello');
  });

  test('putting the rules up again changes nothing', async () => {
    await firewall.ensure();
    const ours = async () => (await run('iptables', ['-w', '5', '-S'])).stdout.match(/^.*APPLOYD.*$/gm);
    const before = await ours();
    await firewall.ensure();
    expect(await ours()).toEqual(before);
    expect(before?.filter((rule) => rule.endsWith('-j APPLOYD-INPUT'))).toHaveLength(1);
    expect(warn).not.toHaveBeenCalled();
  });

  test('builds have a network of their own, which the rules cover', async () => {
    const name = await ensureBuildNetwork(docker, { local: true, firewall });
    expect(await ensureBuildNetwork(docker, { local: true, firewall })).toBe(name);
    const { Options } = await docker.getNetwork(name).inspect();
    expect(Options?.['com.docker.network.bridge.name']).toBe('apdbuild');
  });
});
