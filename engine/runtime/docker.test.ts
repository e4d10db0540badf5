import type Docker from 'dockerode';
import { pack } from 'tar-stream';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { deadlineIn } from '@apployd/core/deadline';
import type { DeploymentFailure } from '@apployd/core/failure';
import { newId } from '@apployd/core/id';
import { MiB } from '@apployd/core/resources';
import { isLeftOut } from '@apployd/test/without';
import { projectNetworks } from './docker-network.js';
import { aRequest, fetchInside, sampleImage, testDocker } from './docker-sample.conformance.js';
import { dockerRuntime } from './docker.js';
import { runtimeConformance } from './runtime.conformance.js';
import type { OutputLine, Runtime } from './runtime.js';

describe.skipIf(isLeftOut('docker'))('on a Docker engine', () => {
  let docker: Docker;
  let image: string;
  beforeAll(async () => {
    docker = await testDocker();
    image = await sampleImage(docker);
  });

  runtimeConformance('docker', async () => ({
    create: () => dockerRuntime(docker, { local: true }),
    imageId: image,
    command: ['node', 'app.mjs'],
    tearDown: async () => undefined,
  }));

  test('two engines that start the same instance at once make one container', async () => {
    const request = aRequest(image);
    const engines = [dockerRuntime(docker), dockerRuntime(docker), dockerRuntime(docker)];
    onTestFinished(() => engines[0]?.stop(request.instanceId, 0));
    const [first, ...others] = await Promise.all(engines.map((engine) => engine.start(request)));
    for (const other of others) expect(other).toEqual(first);
  });

  test('a container is held to its limits, without capabilities that apps do not need, and without Docker restarting it', async () => {
    const runtime = dockerRuntime(docker);
    const { handle } = await runtime.start(aRequest(image));
    onTestFinished(() => runtime.stop(handle, 0));
    const { HostConfig } = await docker.getContainer(handle).inspect();
    expect(HostConfig).toMatchObject({
      Memory: 64 * MiB,
      MemorySwap: 64 * MiB,
      NanoCpus: 500_000_000,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      Init: true,
      Privileged: false,
      RestartPolicy: { Name: 'no' },
    });
    expect(HostConfig.Binds ?? []).toEqual([]);
    expect(HostConfig.CapAdd).not.toContain('NET_RAW');
  });

  test('new limits reach the container itself, swap included, and CPUs that the machine does not have are not asked for', async () => {
    const runtime = dockerRuntime(docker, { local: true });
    const { handle } = await runtime.start(
      aRequest(image, { limits: { memoryBytes: 64 * MiB, cpuMillicores: 10 ** 6 } }),
    );
    onTestFinished(() => runtime.stop(handle, 0));
    const { NCPU } = (await docker.info()) as { NCPU: number };
    const limitsNow = async () => (await docker.getContainer(handle).inspect()).HostConfig;
    expect(await limitsNow()).toMatchObject({ NanoCpus: NCPU * 1e9 });
    expect(await runtime.resize(handle, { memoryBytes: 256 * MiB, cpuMillicores: 250 })).toBe('applied');
    expect(await limitsNow()).toMatchObject({ Memory: 256 * MiB, MemorySwap: 256 * MiB, NanoCpus: 250_000_000 });
    expect(await runtime.resize(handle, { memoryBytes: 96 * MiB, cpuMillicores: 10 ** 6 })).toBe('applied');
    expect(await limitsNow()).toMatchObject({ Memory: 96 * MiB, MemorySwap: 96 * MiB, NanoCpus: NCPU * 1e9 });
  });

  test('an image that runs as a user of its own, as nginx does, starts', async () => {
    const runtime = dockerRuntime(docker, { local: true });
    const nginx = await docker.getImage('nginx:alpine').inspect();
    const instance = await runtime.start(aRequest(nginx.Id, { port: 80 }));
    onTestFinished(() => runtime.stop(instance.handle, 0));
    await expect
      .poll(() => fetch(`http://${instance.host}:${instance.port}/`).then(({ ok }) => ok), { timeout: 10_000 })
      .toBe(true);
  });

  test.each([
    ['USER nosuch', /unable to find user nosuch/],
    ['USER root:nosuch', /unable to find group nosuch/],
    ['USER 99999999999', /uids and gids must be in range/],
    ['VOLUME /proc', /at "\/proc"/],
    ['VOLUME /', /Docker cannot start the image/],
  ])(
    'an image that cannot be started, with %s, is START_CRASH in Docker’s own words, and nothing is left',
    async (line, says) => {
      const imageId = await imageOf(`FROM busybox\n${line}\nCMD ["true"]\n`);
      const runtime = dockerRuntime(docker);
      const request = aRequest(imageId);
      const error = await runtime.start(request).then(
        () => expect.unreachable('it was started'),
        (reason: DeploymentFailure) => reason,
      );
      expect(error).toMatchObject({ code: 'START_CRASH', stage: 'START' });
      expect(error.message).toMatch(says);
      expect(error.message).not.toContain('/var/lib');
      expect(await runtime.inspect(request.instanceId)).toEqual({ state: 'gone' });
      expect(await networksOf(request.projectId)).toEqual([]);
    },
  );

  test('a release whose image is gone leaves no network behind', async () => {
    const request = aRequest('apployd/nothing:gone');
    await expect(dockerRuntime(docker).start(request)).rejects.toMatchObject({ code: 'RELEASE_GONE' });
    expect(await networksOf(request.projectId)).toEqual([]);
  });

  function networksOf(projectId: string) {
    const filters = { name: [`apployd-${projectId}`] };
    return docker.listNetworks({ filters: JSON.stringify(filters) as never });
  }

  async function imageOf(dockerfile: string): Promise<string> {
    const archive = pack();
    archive.entry({ name: 'Dockerfile' }, dockerfile);
    archive.finalize();
    const tag = `apployd-test/${newId()}`;
    const output = await docker.buildImage(archive as unknown as NodeJS.ReadableStream, { t: tag, forcerm: true });
    await new Promise((resolve) => docker.modem.followProgress(output, resolve));
    onTestFinished(() => docker.getImage(tag).remove({ force: true }));
    return (await docker.getImage(tag).inspect()).Id;
  }

  test('a reader who comes back after Docker has dropped what was printed meanwhile is told so, once', async () => {
    const runtime = dockerRuntime(docker, { local: true, log: { maxBytes: 20_000, maxFiles: 2 } });
    const instance = await runtime.start(aRequest(image));
    onTestFinished(() => runtime.stop(instance.handle, 0));
    const readUntil = async (after: string | null, message: string) => {
      const lines: OutputLine[] = [];
      for await (const line of runtime.output(instance.handle, after, deadlineIn(20_000))) {
        lines.push(line);
        if (line.message === message) break;
      }
      return lines;
    };
    const print = (query: string) => fetch(`http://${instance.host}:3000/print?${query}`);
    const first = (await readUntil(null, 'ready')).at(-1);
    await print('from=0&count=1');
    const kept = await readUntil(first?.cursor ?? null, 'line 0');
    expect(kept.map(({ message }) => message)).toEqual(['line 0']);
    await print('from=1&count=5000');
    await expect
      .poll(async () => (await runtime.lastOutput(instance.handle, 1, deadlineIn(20_000)))[0]?.message, {
        timeout: 10_000,
      })
      .toBe('line 5000');
    const rest = await readUntil(kept.at(-1)?.cursor ?? null, 'line 5000');
    expect(rest[0]).toMatchObject({
      source: 'PLATFORM',
      message: expect.stringMatching(/^Lines are missing/) as unknown,
    });
    expect(rest.slice(1).every(({ source }) => source === 'STDOUT')).toBe(true);
    expect(rest.length).toBeLessThan(1_000);
  });

  test('a published port answers on the address that was asked for, and on no other', async () => {
    const runtime = dockerRuntime(docker, { publish: { host: '127.0.0.1' } });
    const instance = await runtime.start(aRequest(image));
    onTestFinished(() => runtime.stop(instance.handle, 0));
    expect(instance.host).toBe('127.0.0.1');
    const url = `http://127.0.0.1:${instance.port}/`;
    await expect
      .poll(
        () =>
          fetch(url)
            .then((response) => response.text())
            .catch(() => ''),
        { timeout: 10_000 },
      )
      .toBe('hello');
    const { NetworkSettings } = await docker.getContainer(instance.handle).inspect();
    expect(NetworkSettings.Ports['3000/tcp']?.map(({ HostIp }) => HostIp)).toEqual(['127.0.0.1']);
  });

  test('the network of a project lives as long as it has containers, and is closed to other projects', async () => {
    const runtime = dockerRuntime(docker, { local: true });
    const projectId = newId();
    const [one, two, stranger] = await Promise.all([
      runtime.start(aRequest(image, { projectId })),
      runtime.start(aRequest(image, { projectId })),
      runtime.start(aRequest(image)),
    ]);
    onTestFinished(async () => {
      for (const { handle } of [one, two, stranger]) await runtime.stop(handle, 0);
    });
    await expect
      .poll(
        () =>
          fetch(`http://${one.host}:3000/`).then(
            ({ ok }) => ok,
            () => false,
          ),
        { timeout: 10_000 },
      )
      .toBe(true);
    expect(await fetchInside(docker, two.handle, `http://${one.host}:3000/`)).toBe('hello');
    expect(await fetchInside(docker, stranger.handle, `http://${one.host}:3000/`)).toMatch(/^no answer/);

    const networkIsThere = () =>
      docker
        .getNetwork(`apployd-${projectId}`)
        .inspect()
        .then(
          () => true,
          () => false,
        );
    await runtime.stop(one.handle, 0);
    expect(await networkIsThere()).toBe(true);
    await runtime.stop(two.handle, 0);
    expect(await networkIsThere()).toBe(false);
  });

  test('more projects than Docker has default networks for run side by side', async () => {
    const networks = projectNetworks(docker, { local: true });
    const projects = Array.from({ length: 40 }, () => newId());
    onTestFinished(async () => {
      await Promise.all(projects.map((id) => networks.removeIfEmpty(id)));
    });
    const names = await Promise.all(projects.map((id) => networks.ensure(id)));
    expect(new Set(names).size).toBe(40);
    const subnets = await Promise.all(names.map((name) => docker.getNetwork(name).inspect()));
    expect(new Set(subnets.map(({ IPAM }) => IPAM?.Config?.[0]?.Subnet)).size).toBe(40);
  });

  test('engines that ensure the same network at once share one', async () => {
    const projectId = newId();
    const engines = [1, 2, 3].map(() => projectNetworks(docker, {}));
    onTestFinished(() => engines[0]?.removeIfEmpty(projectId));
    const names = await Promise.all(engines.map((networks) => networks.ensure(projectId)));
    const found = await docker.listNetworks({ filters: { name: [names[0] ?? ''] } });
    expect(found).toHaveLength(1);
  });

  test('a network that was removed behind our back is made again', async () => {
    const runtime = dockerRuntime(docker, {});
    const other = dockerRuntime(docker, {});
    const projectId = newId();
    const first = await runtime.start(aRequest(image, { projectId }));
    await other.stop(first.handle, 0);
    const second = await runtime.start(aRequest(image, { projectId }));
    onTestFinished(() => runtime.stop(second.handle, 0));
    expect(second.host).not.toBe('');
  });

  test('platforms that share a Docker engine list their own containers only', async () => {
    const [one, other] = [newId(), newId()].map((owner) => dockerRuntime(docker, { owner })) as [Runtime, Runtime];
    const { handle } = await one.start(aRequest(image));
    onTestFinished(() => one.stop(handle, 0));
    expect((await one.list()).map((listed) => listed.handle)).toEqual([handle]);
    expect(await other.list()).toEqual([]);
  });

  test('containers and networks of others are neither listed nor stopped', async () => {
    const runtime = dockerRuntime(docker, {});
    const name = `not-ours-${newId()}`;
    const container = await docker.createContainer({
      name,
      Image: 'busybox',
      Cmd: ['sleep', '100'],
      HostConfig: { NetworkMode: 'none' },
    });
    onTestFinished(() => container.remove({ force: true }));
    await container.start();
    await runtime.stop(container.id, 0);
    expect((await runtime.list()).map(({ handle }) => handle)).not.toContain(container.id);
    expect(await runtime.inspect(container.id)).toEqual({ state: 'gone' });
    expect((await container.inspect()).State.Running).toBe(true);
  });
});
