import type Docker from 'dockerode';
import { extract, pack } from 'tar-stream';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { newId } from '@apployd/core/id';
import { isLeftOut } from '@apployd/test/without';
import { aRequest, sampleImage, testDocker } from './docker-sample.conformance.js';
import { dockerRuntime } from './docker.js';
import { dockerVolumes } from './docker-volumes.js';
import { dockerVolumeName } from './docker-volume-name.js';
import { volumesConformance } from '../volume/volumes.conformance.js';

describe.skipIf(isLeftOut('docker'))('on a Docker engine', () => {
  let docker: Docker;
  let image: string;
  beforeAll(async () => {
    docker = await testDocker();
    image = await sampleImage(docker);
  });

  const owner = newId();
  const anOwner = () => ({ id: newId(), organizationId: newId(), projectId: newId(), environmentId: newId() });
  const limits = { withinMs: 20_000, signal: new AbortController().signal };

  /** A container that is never started, with the volume at /data. */
  async function withContainer<T>(id: string, work: (container: Docker.Container) => Promise<T>): Promise<T> {
    const Mounts = [{ Type: 'volume' as const, Source: dockerVolumeName(id), Target: '/data' }];
    const container = await docker.createContainer({ Image: image, HostConfig: { Mounts } });
    return work(container).finally(() => container.remove());
  }

  volumesConformance('docker', async () => ({
    create: () => dockerVolumes(docker, { owner }),
    write: (id, text) =>
      withContainer(id, async (container) => {
        const archive = pack();
        archive.entry({ name: 'file' }, text);
        archive.finalize();
        await container.putArchive(archive as unknown as NodeJS.ReadableStream, { path: '/data' });
      }),
    read: (id) =>
      withContainer(id, async (container) => {
        const archive = await container.getArchive({ path: '/data/file' }).catch(() => null);
        if (!archive) return null;
        const reader = extract();
        archive.pipe(reader);
        let text = '';
        for await (const entry of reader) for await (const chunk of entry) text += String(chunk);
        return text;
      }),
    tearDown: async () => undefined,
  }));

  test('an app that runs as a user of its own writes into its volume, and the next release finds what it wrote', async () => {
    const volume = anOwner();
    const volumes = dockerVolumes(docker, { owner });
    const runtime = dockerRuntime(docker, { local: true, owner });
    const plain = await userImage(docker, image);
    onTestFinished(() =>
      docker
        .getImage(plain)
        .remove({ force: true })
        .then(() => undefined),
    );
    const mounts = [{ volumeId: volume.id, name: 'data', path: '/data' }];
    const run = async (script: string) => {
      const request = aRequest(plain, { mounts });
      await runtime.start(request);
      const report = await runtime.execute(request.instanceId, ['node', '-e', script], limits);
      await runtime.stop(request.instanceId, 0);
      return report;
    };
    await volumes.ensure(volume);
    onTestFinished(() => volumes.remove(volume.id));
    const written = "fs.writeFileSync(process.env.APPLOYD_VOLUME_DATA + '/file', 'by ' + process.getuid())";
    expect(await run(written)).toMatchObject({ exitCode: 0 });
    expect(await run("process.stdout.write(fs.readFileSync('/data/file', 'utf8'))")).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining('by 1000') as string,
    });
  });

  test('a volume of another tool, or of another platform, is neither used nor removed, however much it looks like ours', async () => {
    const volumes = dockerVolumes(docker, { owner });
    const [bare, foreign] = [anOwner(), anOwner()];
    await docker.createVolume({ Name: dockerVolumeName(bare.id) });
    await dockerVolumes(docker, { owner: newId() }).ensure(foreign);
    const names = [bare, foreign].map(({ id }) => dockerVolumeName(id));
    onTestFinished(async () => {
      for (const name of names) await docker.getVolume(name).remove();
    });
    for (const one of [bare, foreign]) {
      await expect(volumes.ensure(one)).rejects.toThrow('not ours');
      await volumes.remove(one.id);
    }
    for (const name of names) expect((await docker.getVolume(name).inspect()).Name).toBe(name);
  });
});

/** The sample's image, run as `node`. */
async function userImage(docker: Docker, image: string): Promise<string> {
  const archive = pack();
  archive.entry({ name: 'Dockerfile' }, `FROM ${image}\nUSER node\n`);
  archive.finalize();
  const t = 'apployd-test/sample-app:user';
  const progress = await docker.buildImage(archive as unknown as NodeJS.ReadableStream, { t });
  await new Promise<void>((resolve, reject) =>
    docker.modem.followProgress(progress, (error) => (error ? reject(error) : resolve())),
  );
  return (await docker.getImage(t).inspect()).Id;
}
