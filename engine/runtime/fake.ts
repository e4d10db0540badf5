import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { systemClock } from '@apployd/core/clock';
import type { InstanceLimits } from '@apployd/core/demand';
import { withDeadline } from '@apployd/core/deadline';
import { DeploymentFailure } from '@apployd/core/failure';
import { readLineBytes } from '@apployd/core/log-line';
import type { FakeDisk } from '../volume/fake.js';
import { freePort } from '@apployd/backplane/testing/free-port';
import { leavesRoom } from './leaves-room.js';
import type { CommandReport, OutputLine, Runtime, StartedInstance, StartRequest } from './runtime.js';

/** What a fake release does when it is started; it runs until it exits, is stopped, or uses more memory than it may. */
export type FakeApp = (app: FakeInstance) => void;

export type FakeInstance = {
  readonly request: StartRequest;
  /** With PORT. */
  readonly variables: Readonly<Record<string, string>>;
  print(message: string, source?: 'STDOUT' | 'STDERR'): void;
  /** Listens for visitors, on the port that PORT names unless another is given. */
  serve(visit: RequestListener, port?: number): void;
  use(usage: { memoryBytes?: number; cpuMs?: number }): void;
  exit(code: number): void;
  /** What commands that are run inside it do; without, none is there. */
  onCommand(work: (command: readonly string[]) => CommandReport | Promise<CommandReport>): void;
  /** Instead of ending at once when it is asked to. */
  onTerminate(work: () => void): void;
};

/** What fake apps run in: it outlives the runtime objects that started them, as a machine does. */
export type FakeMachine = {
  readonly apps: Map<string, FakeApp>;
  readonly instances: Map<string, Running>;
  readonly disk: FakeDisk;
  /** While false, new limits take a restart. */
  adjustable: boolean;
};

type Running = StartedInstance & {
  readonly request: StartRequest;
  readonly lines: OutputLine[];
  readonly servers: Server[];
  readonly listening: Set<number>;
  readonly end: Promise<void>;
  readonly wake: EventTarget;
  limits: InstanceLimits;
  usage: { memoryBytes: number; cpuMs: number };
  isAsleep: boolean;
  ended: { exitCode: number; outOfMemory: boolean } | null;
  terminate(): void;
  command(command: readonly string[]): CommandReport | Promise<CommandReport>;
  exit(code: number, outOfMemory?: boolean): void;
};

const host = '127.0.0.1';
const killed = 137;

/** `apps` by image id. */
export function fakeMachine(apps: Readonly<Record<string, FakeApp>>): FakeMachine {
  return { apps: new Map(Object.entries(apps)), instances: new Map(), disk: new Map(), adjustable: true };
}

/** Runs functions in place of apps, in this process, behind real ports. */
export function fakeRuntime(machine: FakeMachine): Runtime {
  const { apps, instances } = machine;
  const starting = new Map<string, Promise<StartedInstance>>();

  const start = async (request: StartRequest): Promise<StartedInstance> => {
    const found = instances.get(request.instanceId);
    if (found && !found.ended) return placeOf(found);
    const app = apps.get(request.imageId);
    if (!app)
      throw new DeploymentFailure('RELEASE_GONE', 'START', 'The release is no longer kept. Deploy its commit again.');
    if (!request.mounts.every(({ volumeId }) => machine.disk.has(volumeId))) throw new Error('A volume is not there.');
    const instance = newInstance(request, await freePort());
    instances.set(request.instanceId, instance);
    run(app, instance);
    return placeOf(instance);
  };

  return {
    kind: 'fake',
    isolatesNetwork: false,
    start: (request) => {
      const pending =
        starting.get(request.instanceId) ?? start(request).finally(() => starting.delete(request.instanceId));
      starting.set(request.instanceId, pending);
      return pending;
    },
    stop: async (handle, graceMs) => {
      const instance = instances.get(handle);
      if (!instance) return;
      if (graceMs > 0) instance.terminate();
      const waiting = new AbortController();
      await Promise.race([instance.end, systemClock.sleep(graceMs, waiting.signal).catch(() => undefined)]);
      waiting.abort();
      instance.exit(killed);
      instances.delete(handle);
    },
    sleep: async (handle) => {
      const instance = instances.get(handle);
      if (!instance || instance.ended) return false;
      instance.isAsleep = true;
      return true;
    },
    wake: async (handle) => {
      const instance = instances.get(handle);
      if (!instance || instance.ended) return null;
      instance.isAsleep = false;
      instance.wake.dispatchEvent(new Event('change'));
      return placeOf(instance);
    },
    inspect: async (handle) => {
      const instance = instances.get(handle);
      if (!instance) return { state: 'gone' };
      if (instance.isAsleep && !instance.ended) return { state: 'asleep' };
      if (instance.ended) return { state: 'ended', ...instance.ended };
      return { state: 'running', listening: [...instance.listening] };
    },
    list: async () =>
      [...instances.values()].map((instance) => ({
        ...placeOf(instance),
        instanceId: instance.request.instanceId,
        deploymentId: instance.request.deploymentId,
        running: !instance.ended,
      })),
    output: async function* (handle, after, signal) {
      const instance = instances.get(handle);
      if (!instance) return;
      for (let next = after === null ? 0 : Number(after); !signal.aborted; next += 1) {
        while (next >= instance.lines.length && !instance.ended && !signal.aborted) await change(instance, signal);
        const line = instance.lines[next];
        if (!line || signal.aborted) return;
        yield line;
      }
    },
    lastOutput: async (handle, count) => instances.get(handle)?.lines.slice(-count) ?? [],
    usage: async (handle) => {
      const instance = instances.get(handle);
      return instance && !instance.ended ? { ...instance.usage, at: new Date() } : null;
    },
    resize: async (handle, limits) => {
      const instance = instances.get(handle);
      if (!machine.adjustable || !instance || instance.ended) return 'needs-restart';
      const shrinks = limits.memoryBytes < instance.limits.memoryBytes;
      if (shrinks && !leavesRoom(instance.usage.memoryBytes, limits.memoryBytes)) return 'needs-restart';
      instance.limits = limits;
      return 'applied';
    },
    execute: async (handle, command, { withinMs, signal }) => {
      const instance = instances.get(handle);
      if (!instance || instance.ended || instance.isAsleep) return nothingRun;
      const over = withDeadline(signal, withinMs);
      const late = new Promise<CommandReport>((resolve) =>
        over.addEventListener('abort', () => resolve(nothingRun), { once: true }),
      );
      return Promise.race([instance.command(command), instance.end.then(() => nothingRun), late]);
    },
    prepare: async () => undefined,
    forget: async () => undefined,
    projects: async () => [],
  };
}

const nothingRun: CommandReport = { exitCode: null, output: '' };

function run(app: FakeApp, instance: Running): void {
  const { request, lines, servers, listening, wake } = instance;
  const [command] = request.command ?? [];
  const print: FakeInstance['print'] = (message, source = 'STDOUT') => {
    const kept = Buffer.from(message).subarray(0, readLineBytes).toString();
    lines.push({ at: new Date(), source, message: kept, cursor: String(lines.length + 1) });
    wake.dispatchEvent(new Event('change'));
  };
  if (command?.startsWith('no-such-command')) {
    print(`Could not start ${command}: there is no such command`, 'STDERR');
    return instance.exit(127);
  }
  app({
    request,
    variables: { ...request.variables, PORT: String(instance.port) },
    print,
    serve: (visit, port = instance.port) => {
      // A port of its own choice is only told, not taken: tests run side by side.
      const server = createServer((...each) => void whenAwake(instance).then(() => visit(...each))).listen(
        port === instance.port ? port : 0,
        host,
      );
      servers.push(server);
      listening.add(port);
    },
    use: ({ memoryBytes = instance.usage.memoryBytes, cpuMs = instance.usage.cpuMs }) => {
      instance.usage = { memoryBytes, cpuMs };
      if (memoryBytes > instance.limits.memoryBytes) instance.exit(killed, true);
    },
    exit: (code) => instance.exit(code),
    onCommand: (work) => (instance.command = work),
    onTerminate: (work) => (instance.terminate = work),
  });
}

function newInstance(request: StartRequest, port: number): Running {
  let resolveEnd = () => {};
  const end = new Promise<void>((resolve) => (resolveEnd = resolve));
  const wake = new EventTarget();
  const instance: Running = {
    handle: request.instanceId,
    host,
    port,
    request,
    lines: [],
    servers: [],
    listening: new Set(),
    end,
    wake,
    limits: request.limits,
    usage: { memoryBytes: 0, cpuMs: 0 },
    isAsleep: false,
    ended: null,
    terminate: () => instance.exit(143),
    command: ([program = '']) => ({ exitCode: 127, output: `${program}: there is no such command` }),
    exit: (exitCode, outOfMemory = false) => {
      if (instance.ended) return;
      instance.ended = { exitCode, outOfMemory };
      for (const server of instance.servers) server.close().closeAllConnections();
      resolveEnd();
      wake.dispatchEvent(new Event('change'));
    },
  };
  return instance;
}

/** A frozen app accepts connections and answers nobody. */
async function whenAwake(instance: Running): Promise<void> {
  while (instance.isAsleep && !instance.ended) await change(instance, new AbortController().signal);
}

function change({ wake }: Running, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      wake.removeEventListener('change', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    wake.addEventListener('change', done);
    signal.addEventListener('abort', done);
  });
}

function placeOf({ handle, port }: Running): StartedInstance {
  return { handle, host, port };
}
