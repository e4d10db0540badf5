import type Docker from 'dockerode';
import { pack } from 'tar-stream';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { newId } from '@apployd/core/id';
import { isLeftOut } from '@apployd/test/without';
import { dockerBuilder } from '../builder/docker.js';
import { testDocker } from '../runtime/docker-sample.conformance.js';
import { dockerRuntime } from '../runtime/docker.js';
import { reconcile } from '../testing/reconcile.js';
import { useEngine } from '../testing/use-engine.js';
import { dockerVolumes } from '../runtime/docker-volumes.js';
import { forgetNetworks } from './forget-networks.js';
import { makeRoom } from './make-room.js';

const house = useEngine();
const limits = { memoryBytes: 64 * 1024 ** 2, cpuMillicores: 500 };
const buildLimits = { ...limits, diskBytes: 1024 ** 3, maxProcesses: 256 };

describe.skipIf(isLeftOut('docker'))('on a Docker engine that others use too', () => {
  let docker: Docker;
  beforeAll(async () => {
    docker = await testDocker();
  });

  const labelsOf = (owner: string) => ({ 'apployd.managed': 'true', 'apployd.owner': owner });

  async function anImage(name: string, labels: Readonly<Record<string, string>>): Promise<string> {
    const layer = pack();
    layer.entry({ name: newId() }, name);
    layer.finalize();
    const [repo = '', tag = ''] = name.split(':');
    const changes = Object.entries(labels).map(([key, value]) => `LABEL ${key}=${value}`);
    const output = await docker.importImage(layer as unknown as NodeJS.ReadableStream, { repo, tag, changes });
    for await (const _ of output as unknown as AsyncIterable<unknown>) continue;
    onTestFinished(() =>
      docker
        .getImage(name)
        .remove({ force: true })
        .catch(() => undefined),
    );
    return name;
  }

  async function aNetwork(Name: string, Labels: Readonly<Record<string, string>>): Promise<string> {
    const network = await docker.createNetwork({ Name, Labels: { ...Labels }, Internal: true });
    onTestFinished(() => network.remove().catch(() => undefined));
    return Name;
  }

  async function aContainer(name: string, Image: string): Promise<string> {
    const container = await docker.createContainer({ name, Image, Cmd: ['none'] });
    onTestFinished(() => container.remove({ force: true }).catch(() => undefined));
    return name;
  }

  async function aVolume(Name: string, Labels: Readonly<Record<string, string>>): Promise<string> {
    await docker.createVolume({ Name, Labels: { ...Labels } });
    onTestFinished(() => docker.getVolume(Name).remove());
    return Name;
  }

  async function names() {
    const [images, networks, containers, { Volumes: volumes }] = await Promise.all([
      docker.listImages(),
      docker.listNetworks(),
      docker.listContainers({ all: true }),
      docker.listVolumes(),
    ]);
    return new Set([
      ...images.flatMap(({ RepoTags }) => RepoTags ?? []),
      ...networks.map(({ Name }) => Name),
      ...volumes.map(({ Name }) => Name),
      ...containers.flatMap(({ Names }) => Names.map((name) => name.slice(1))),
    ]);
  }

  test('what is ours and unneeded goes, and nothing else does, however much its name or its labels resemble ours', async () => {
    const owner = house.engine.settings.serverId;
    const engine = {
      ...house.engine,
      builder: dockerBuilder(docker, { limits: buildLimits, network: () => Promise.resolve('none'), owner }),
      runtime: dockerRuntime(docker, { owner }),
      volumes: dockerVolumes(docker, { owner }),
      diskUse: async () => 99,
    };
    const [project, other] = [newId(), newId()];
    const mine = [
      await anImage(`apployd/${project}:${newId()}`, labelsOf(owner)),
      await aNetwork(`apployd-${project}`, { ...labelsOf(owner), 'apployd.project': project }),
    ];
    const alike = await anImage(`apployd/${newId()}:${newId()}`, {});
    const foreign = [
      alike,
      await anImage(`apployd/${newId()}:${newId()}`, labelsOf(newId())),
      await anImage(`my-apployd/${newId()}:${newId()}`, labelsOf(owner)),
      await anImage(`apployd/${newId()}-old:${newId()}`, labelsOf(owner)),
      await anImage(`apployd/${newId()}:${newId()}-old`, labelsOf(owner)),
      await aNetwork(`apployd-${other}`, {}),
      await aNetwork(`apployd-${other}-old`, { ...labelsOf(owner), 'apployd.project': other }),
      await aNetwork(`apployd-${newId()}`, { ...labelsOf(newId()), 'apployd.project': newId() }),
      await aContainer(`apployd-${newId()}`, alike),
      await aVolume(`apployd-volume-${newId()}`, {}),
      await aVolume(`apployd-volume-${newId()}-old`, labelsOf(owner)),
      // What is in one of ours is nobody's to clean up: it goes with its row alone.
      await aVolume(`apployd-volume-${other}`, { ...labelsOf(owner), 'apployd.volume': other }),
    ];
    await makeRoom(engine);
    await forgetNetworks(engine);
    await reconcile(engine);
    const left = await names();
    expect(mine.filter((name) => left.has(name))).toEqual([]);
    expect(foreign.filter((name) => !left.has(name))).toEqual([]);
  });
});
