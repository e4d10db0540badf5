import type Docker from 'dockerode';
import type { ContainerInspectInfo } from 'dockerode';
import { systemClock } from '@apployd/core/clock';
import { DeploymentFailure } from '@apployd/core/failure';
import { callDeadlineMs, callOptions, messageOf, statusOf, unlessGone } from './docker-call.js';
import { addressOf, containerName, containerOptions, listedAddressOf } from './docker-container.js';
import type { DockerContainerOptions } from './docker-container.js';
import { dockerExecute } from './docker-execute.js';
import { followers } from './docker-followers.js';
import { cpusOf } from './docker-host.js';
import { isOurs, managedLabel, ownerLabel } from './docker-labels.js';
import { openMounts } from './docker-mounts.js';
import { projectNetworks } from './docker-network.js';
import type { DockerNetworkOptions } from './docker-network.js';
import { readLastOutput } from './docker-last-output.js';
import { patientFollowers } from './docker-output-patience.js';
import { readContainerOutput } from './docker-output.js';
import { resizeContainer } from './docker-resize.js';
import { startFailure } from './docker-start-failure.js';
import { dockerUsage } from './docker-usage.js';
import { namespacePorts } from './listeners.js';
import type { InstanceReport, Runtime, StartedInstance, StartRequest } from './runtime.js';

/** With `local`, files of this machine are read where they tell more, or sooner, than Docker does. */
export type DockerRuntimeOptions = DockerContainerOptions & DockerNetworkOptions;

const startTries = 3;
const createTries = 40;
const lookAgainMs = 50;
/** How long a container that has ended is kept for those who still read its output, and get no further. */
const readersDeadlineMs = 2_000;

/** Runs releases as containers, in a network per project. The handle is the container's id; an instance's id serves as well. */
export function dockerRuntime(docker: Docker, options: DockerRuntimeOptions = {}): Runtime {
  const networks = projectNetworks(docker, options);
  const starting = new Map<string, Promise<StartedInstance>>();
  const readers = patientFollowers(followers());
  const usage = dockerUsage(docker, options.local ?? false);
  const cpus = cpusOf(docker);
  const execute = dockerExecute(docker, options.local ?? false);
  const containerOf = (handle: string) => docker.getContainer(nameOf(handle));

  const place = (info: ContainerInspectInfo): StartedInstance => {
    const address = addressOf(info, options);
    // It has ended by now: whoever asks how it does will be told so.
    return { handle: info.Id, ...(address ?? { host: '', port: Number(info.Config.Labels['apployd.port']) }) };
  };

  /** Makes the container, or finds the one that was made before and could still run. */
  const create = async (request: StartRequest, network: string, tried = 1): Promise<void> => {
    const name = containerName(request.instanceId);
    const body = containerOptions(request, { network, cpus: await cpus() }, options);
    try {
      // Without `_query` dockerode would repeat everything, secrets too, in the address.
      await docker.createContainer({ _query: { name }, _body: body, ...callOptions() } as never);
    } catch (error) {
      if (statusOf(error) === 404) throw releaseGone();
      if (statusOf(error) !== 409 || tried === createTries) throw startFailure(error) ?? error;
      const found = await unlessGone(docker.getContainer(name).inspect(callOptions()));
      if (found && !hasEnded(found)) return;
      if (found) await removeContainer(docker, found.Id);
      // Somebody is just making or removing it: its name is taken, and nothing is to be seen yet.
      else await systemClock.sleep(lookAgainMs);
      await create(request, network, tried + 1);
    }
  };

  /** A network that was made for it alone goes too; when it cannot, the next instance of the project takes it along. */
  const leaveNetwork = (projectId: string) => networks.removeIfEmpty(projectId).catch(() => undefined);

  const start = async (request: StartRequest, tried = 1): Promise<StartedInstance> => {
    const network = await networks.ensure(request.projectId);
    const container = docker.getContainer(containerName(request.instanceId));
    try {
      await create(request, network);
    } catch (error) {
      await leaveNetwork(request.projectId);
      throw error;
    }
    try {
      await openMounts(container, request.mounts);
      await container.start(callOptions()).catch(unlessStatus(304));
      return place(await container.inspect(callOptions()));
    } catch (error) {
      await removeContainer(docker, container.id);
      // The project's last container may have taken the network along.
      networks.forget(request.projectId);
      if (tried < startTries && /network .*not found/i.test(messageOf(error))) return start(request, tried + 1);
      await leaveNetwork(request.projectId);
      throw startFailure(error) ?? error;
    }
  };

  return {
    kind: 'docker',
    isolatesNetwork: true,
    start: (request) => {
      const pending =
        starting.get(request.instanceId) ?? start(request).finally(() => starting.delete(request.instanceId));
      starting.set(request.instanceId, pending);
      return pending;
    },
    stop: async (handle, graceMs) => {
      await starting.get(handle)?.catch(() => undefined);
      const container = containerOf(handle);
      const info = await unlessGone(container.inspect(callOptions()));
      if (!info || !isOurs(info)) return;
      if (info.State.Running && graceMs > 0) {
        const seconds = Math.ceil(graceMs / 1000);
        await unlessGone(container.stop({ t: seconds, ...callOptions(seconds * 1000 + callDeadlineMs) })).catch(
          unlessStatus(304),
        );
      } else if (info.State.Running) {
        await unlessGone(container.kill(callOptions())).catch(unlessStatus(409));
      }
      await readers.settled([info.Id, info.Name.slice(1)], readersDeadlineMs);
      await removeContainer(docker, info.Id);
      await networks.removeIfEmpty(info.Config.Labels['apployd.project'] ?? '');
    },
    sleep: async (handle) => {
      const container = containerOf(handle);
      const info = await unlessGone(container.inspect(callOptions()));
      if (!info || !isOurs(info) || !info.State.Running) return false;
      if (!info.State.Paused) await pause(container);
      const after = await unlessGone(container.inspect(callOptions()));
      return after?.State.Paused ?? false;
    },
    wake: async (handle) => {
      const container = containerOf(handle);
      // 409 and 500: it is not paused, or does not run.
      await unlessGone(container.unpause(callOptions())).catch(unlessStatus(409, 500));
      const info = await unlessGone(container.inspect(callOptions()));
      return info && isOurs(info) && info.State.Running && !info.State.Paused ? place(info) : null;
    },
    inspect: async (handle) => {
      const info = await unlessGone(containerOf(handle).inspect(callOptions()));
      return info && isOurs(info) ? report(info, options.local ?? false) : { state: 'gone' };
    },
    list: async () => {
      const owner = options.owner ? [`${ownerLabel}=${options.owner}`] : [];
      const filters = { label: [`${managedLabel}=true`, 'apployd.instance', ...owner] };
      const found = await docker.listContainers({ all: true, filters, ...callOptions() });
      return found.map((info) => ({
        handle: info.Id,
        ...listedAddressOf(info, options),
        instanceId: info.Labels['apployd.instance'] ?? '',
        deploymentId: info.Labels['apployd.deployment'] ?? '',
        running: info.State === 'running' || info.State === 'paused',
      }));
    },
    output: (handle, after, signal) =>
      readers.track(nameOf(handle), readContainerOutput(docker, nameOf(handle), after, signal)),
    lastOutput: (handle, count, signal) => readLastOutput(docker, nameOf(handle), count, signal),
    usage: (handle) => usage(nameOf(handle)),
    resize: async (handle, limits) => {
      const resizing = { container: containerOf(handle), limits, cpus: await cpus() };
      return resizeContainer({ ...resizing, usage: () => usage(nameOf(handle)) });
    },
    execute: (handle, command, limits) => execute(nameOf(handle), command, limits),
    prepare: async (projectId) => void (await networks.ensure(projectId)),
    forget: (projectId) => networks.removeIfEmpty(projectId),
    projects: () => networks.projects(),
  };
}

function nameOf(handle: string): string {
  return /^[0-9a-f]{64}$/.test(handle) ? handle : containerName(handle);
}

function hasEnded(info: ContainerInspectInfo): boolean {
  return !['created', 'running', 'paused', 'restarting'].includes(info.State.Status);
}

async function report(info: ContainerInspectInfo, local: boolean): Promise<InstanceReport> {
  const { Running: running, Pid: pid, ExitCode: exitCode, OOMKilled: killed, Status: status } = info.State;
  if (running && info.State.Paused) return { state: 'asleep' };
  if (running) return { state: 'running', listening: local ? await namespacePorts(pid) : null };
  // Docker also says so where only a child was killed, which the app may well have survived.
  return { state: 'ended', exitCode: status === 'created' ? null : exitCode, outOfMemory: killed && exitCode !== 0 };
}

/** With the volumes that its image declares: nobody else knows them. */
async function removeContainer(docker: Docker, name: string): Promise<void> {
  // 409: somebody else is removing it.
  await unlessGone(docker.getContainer(name).remove({ force: true, v: true, ...callOptions() })).catch(
    unlessStatus(409),
  );
}

/** One that ends at the same moment, or was paused by somebody else, is told apart by what it is afterwards. */
async function pause(container: Docker.Container): Promise<void> {
  await unlessGone(container.pause(callOptions())).catch(unlessStatus(409, 500));
}

function unlessStatus(...statuses: readonly number[]): (error: unknown) => void {
  return (error) => {
    if (!statuses.includes(statusOf(error) ?? 0)) throw error;
  };
}

function releaseGone(): DeploymentFailure {
  return new DeploymentFailure(
    'RELEASE_GONE',
    'START',
    'The image of this release is no longer kept. Deploy its commit again.',
  );
}
