import { readdir, readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { deadlineIn } from '@apployd/core/deadline';
import { DeploymentFailure } from '@apployd/core/failure';
import { newId } from '@apployd/core/id';
import { MiB } from '@apployd/core/resources';
import type { InstanceReport, OutputLine, Runtime, StartedInstance, StartRequest } from './runtime.js';

/** A place where apps run. Every `create()` gives a new runtime object there, as an engine that was restarted has. */
export type RuntimeUnderTest = {
  create(): Runtime;
  /** The image of `sample-app.mjs`, and the command that starts it. */
  readonly imageId: string;
  readonly command: readonly string[];
  tearDown(): Promise<void>;
};

const patienceMs = 20_000;
/** `sample-check.mjs`, beside the app in the image. */
const check = ['node', 'check.mjs'];

/** What every runtime guarantees. */
export function runtimeConformance(name: string, setUp: () => Promise<RuntimeUnderTest>): void {
  describe(`${name} runtime`, () => {
    let place: RuntimeUnderTest;
    let runtime: Runtime;
    const projectId = newId();
    const started = new Set<string>();

    beforeAll(async () => {
      place = await setUp();
      runtime = place.create();
    });
    afterEach(async () => {
      for (const handle of started) await runtime.stop(handle, 0);
      started.clear();
    });
    afterAll(() => place?.tearDown());

    const aRequest = (overrides: Partial<StartRequest> = {}): StartRequest => ({
      instanceId: newId(),
      deploymentId: newId(),
      organizationId: newId(),
      projectId,
      environmentId: newId(),
      process: 'web',
      imageId: place.imageId,
      command: place.command,
      mounts: [],
      variables: {},
      port: 3000,
      limits: { memoryBytes: 256 * MiB, cpuMillicores: 1000 },
      ...overrides,
    });
    const start = async (overrides: Partial<StartRequest> = {}): Promise<StartedInstance> => {
      const instance = await runtime.start(aRequest(overrides));
      started.add(instance.handle);
      return instance;
    };
    const startReady = async (overrides: Partial<StartRequest> = {}): Promise<StartedInstance> => {
      const instance = await start(overrides);
      await answerOf(instance, '/');
      return instance;
    };
    const ended = (handle: string) =>
      eventually(async () => {
        const report = await runtime.inspect(handle);
        return report.state === 'ended' ? report : null;
      });

    test('a started app answers on its address, and finds its port in PORT', async () => {
      const instance = await start();
      expect(await answerOf(instance, '/')).toBe('hello');
      const port = await answerOf(instance, '/variable?name=PORT');
      expect((await running(runtime, instance)).listening).toContain(Number(port));
    });

    test('variables arrive byte for byte', async () => {
      const variables = {
        LINES: 'one\ntwo\r\nthree\n',
        QUOTES: `'single' "double" \`back\``,
        SHELL_TEXT: '$(touch /tmp/pwned) ${X:-$(id)} ; rm -rf / && true | nc x 1 # \\',
        UNICODE: 'grüße 日本 🚀 \u202e',
        EQUALS: 'a=b=c',
        EMPTY: '',
        SPACES: '  kept  ',
        LONG: 'x'.repeat(30_000),
      };
      const instance = await startReady({ variables });
      for (const [name, value] of Object.entries(variables)) {
        expect(await answerOf(instance, `/variable?name=${name}`)).toBe(value);
      }
    });

    test('an app cannot see the variables of the engine', async () => {
      process.env['ENGINE_SECRET_OF_TEST'] = 'secret';
      const instance = await startReady();
      expect((await answerOf(instance, '/variables')).split('\n')).not.toContain('ENGINE_SECRET_OF_TEST');
    });

    test('starting twice, one after the other or at once, gives one instance', async () => {
      const request = aRequest();
      const [first, second] = await Promise.all([runtime.start(request), runtime.start(request)]);
      started.add(first.handle);
      await answerOf(first, '/');
      const third = await runtime.start(request);
      expect(second).toEqual(first);
      expect(third).toEqual(first);
      const listed = (await runtime.list()).filter(({ instanceId }) => instanceId === request.instanceId);
      expect(listed).toEqual([
        { ...first, instanceId: request.instanceId, deploymentId: request.deploymentId, running: true },
      ]);
    });

    test('what has ended is started again', async () => {
      const request = aRequest();
      const first = await runtime.start(request);
      started.add(first.handle);
      await answerOf(first, '/exit?code=1');
      await ended(first.handle);
      const second = await runtime.start(request);
      started.add(second.handle);
      expect(await answerOf(second, '/')).toBe('hello');
    });

    test('a release that is gone is refused as RELEASE_GONE', async () => {
      const gone = place.imageId.replace(/[a-z0-9]{4}$/, 'gone');
      await expect(start({ imageId: gone })).rejects.toMatchObject({
        name: DeploymentFailure.name,
        code: 'RELEASE_GONE',
      });
    });

    test('stopping what is gone, or never was, is not an error', async () => {
      const { handle } = await startReady();
      await runtime.stop(handle, 0);
      await runtime.stop(handle, 0);
      await runtime.stop(newId(), 1_000);
      expect(await runtime.inspect(handle)).toEqual({ state: 'gone' });
      expect(await runtime.inspect(newId())).toEqual({ state: 'gone' });
      expect(await runtime.usage(handle)).toBeNull();
    });

    test('the id of the instance serves as a handle', async () => {
      const request = aRequest();
      const instance = await runtime.start(request);
      started.add(instance.handle);
      await answerOf(instance, '/');
      expect((await runtime.inspect(request.instanceId)).state).toBe('running');
      await runtime.stop(request.instanceId, 0);
      expect(await runtime.inspect(instance.handle)).toEqual({ state: 'gone' });
    });

    test('an app that is asked to end gets its time, and is heard to the last line', async () => {
      const instance = await startReady({ variables: { ON_SIGTERM: 'finish' } });
      const lines = collect(runtime.output(instance.handle, null, deadlineIn(patienceMs)));
      await lines.until('ready');
      await runtime.stop(instance.handle, 10_000);
      expect((await lines.all).map(({ message }) => message)).toEqual(['ready', 'finishing', 'finished']);
      expect(await runtime.inspect(instance.handle)).toEqual({ state: 'gone' });
    });

    test('an app that will not end is ended when its time is over', async () => {
      const mark = newId();
      const instance = await startReady({ variables: { ON_SIGTERM: 'ignore', MARK: mark } });
      await runtime.stop(instance.handle, 300);
      expect(await runtime.inspect(instance.handle)).toEqual({ state: 'gone' });
      expect(await processesWith(mark)).toEqual([]);
    });

    test('stop ends everything that the app has started, in whatever session', async () => {
      const mark = newId();
      const instance = await startReady({ variables: { MARK: mark } });
      await answerOf(instance, '/leave-behind');
      await runtime.stop(instance.handle, 1_000);
      expect(await processesWith(mark)).toEqual([]);
    });

    test('an app that ends takes what it has started along', async () => {
      const mark = newId();
      const instance = await startReady({ variables: { MARK: mark } });
      await answerOf(instance, '/leave-behind');
      await answerOf(instance, '/exit?code=0');
      expect(await ended(instance.handle)).toEqual({ state: 'ended', exitCode: 0, outOfMemory: false });
      expect(await processesWith(mark)).toEqual([]);
    });

    test('an app that ends by itself is reported with its exit code, and is not started again', async () => {
      const instance = await start({ variables: { EXIT_AT_START: '3' } });
      expect(await ended(instance.handle)).toEqual({ state: 'ended', exitCode: 3, outOfMemory: false });
      const lines = await collect(runtime.output(instance.handle, null, deadlineIn(patienceMs))).all;
      expect(lines.map(({ message }) => message)).toEqual(['no luck']);
      expect((await runtime.inspect(instance.handle)).state).toBe('ended');
    });

    test('a command that is not there ends with code 127', async () => {
      const instance = await start({ command: ['no-such-command-anywhere'] });
      expect(await ended(instance.handle)).toEqual({ state: 'ended', exitCode: 127, outOfMemory: false });
      const lines = await collect(runtime.output(instance.handle, null, deadlineIn(patienceMs))).all;
      expect(lines.map(({ message }) => message).join('\n')).toContain('no-such-command-anywhere');
    });

    test('an instance may run another command of its image to its end', async () => {
      const command = [...check, 'print', 'a b', '$(id)'];
      const { handle } = await start({ command, variables: { GREETING: 'hello' } });
      expect(await ended(handle)).toEqual({ state: 'ended', exitCode: 3, outOfMemory: false });
      const lines = await collect(runtime.output(handle, null, deadlineIn(patienceMs))).all;
      expect(lines.map(({ message }) => message)).toEqual(['["a b","$(id)"] hello']);
    });

    test('an app that needs more memory than its limit is reported out of memory', async () => {
      const instance = await startReady({ limits: { memoryBytes: 128 * MiB, cpuMillicores: 1000 } });
      await fetch(urlOf(instance, '/allocate?mebibytes=400')).catch(() => undefined);
      expect(await ended(instance.handle)).toMatchObject({ state: 'ended', outOfMemory: true });
    });

    test('inspect says on which ports an app listens', async () => {
      const instance = await start({ variables: { LISTEN_ON: '4567' } });
      const lines = collect(runtime.output(instance.handle, null, deadlineIn(patienceMs)));
      await lines.until('ready');
      expect((await running(runtime, instance)).listening).toEqual([4567]);
    });

    test('output has every line in order, and goes on behind a cursor without loss or repeats', async () => {
      const instance = await startReady();
      const expected = ['ready', ...Array.from({ length: 3_000 }, (_, i) => `line ${i}`)];
      await answerOf(instance, '/print?from=0&count=2000');
      const first = collect(runtime.output(instance.handle, null, deadlineIn(patienceMs)));
      await first.until('line 700');
      const cut = first.lines.findIndex(({ message }) => message === 'line 700');
      const before = first.lines.slice(0, cut + 1);
      const rest = collect(runtime.output(instance.handle, before[cut]!.cursor, deadlineIn(patienceMs)));
      await answerOf(instance, '/print?from=2000&count=1000');
      await rest.until('line 2999');
      await answerOf(instance, '/exit?code=0');
      expect([...before, ...(await rest.all)].map(({ message }) => message)).toEqual(expected);
      expect((await first.all).map(({ message }) => message)).toEqual(expected);
    });

    test('output tells errors from the rest, and gives a line that is too long cut', async () => {
      const instance = await startReady();
      const lines = collect(runtime.output(instance.handle, null, deadlineIn(patienceMs)));
      await answerOf(instance, '/fail');
      await lines.until('something went wrong');
      await answerOf(instance, '/long');
      await lines.until('after');
      const errors = lines.lines.filter(({ source }) => source === 'STDERR').map(({ message }) => message);
      expect(errors).toEqual(['something went wrong']);
      const [long, ...others] = lines.lines.filter(({ message }) => message.startsWith('xx'));
      // Longer than is kept, so that the store sees that it was cut.
      expect(long?.message.length).toBe(16 * 1024 + 4);
      expect(others).toEqual([]);
    });

    test('what was printed last is read without all that was printed before, running or ended', async () => {
      const instance = await startReady();
      const last = async (count: number) =>
        (await runtime.lastOutput(instance.handle, count, deadlineIn(patienceMs))).map(({ message }) => message);
      await answerOf(instance, '/print?from=0&count=20000');
      await expect.poll(() => last(2), { timeout: patienceMs }).toEqual(['line 19998', 'line 19999']);
      await answerOf(instance, '/print?from=20000&count=10');
      await answerOf(instance, '/exit?code=3');
      await ended(instance.handle);
      expect(await last(3)).toEqual(['line 20007', 'line 20008', 'line 20009']);
      await runtime.stop(instance.handle, 0);
      expect(await last(3)).toEqual([]);
    });

    test('output ends when its signal fires', async () => {
      const instance = await startReady();
      const abort = new AbortController();
      const lines = collect(runtime.output(instance.handle, null, abort.signal));
      await lines.until('ready');
      abort.abort();
      expect(await lines.all).toHaveLength(1);
    });

    test('list tells what runs from what has ended', async () => {
      const alive = await startReady();
      const dead = await start({ variables: { EXIT_AT_START: '1' } });
      await ended(dead.handle);
      const listed = new Map((await runtime.list()).map((one) => [one.handle, one.running]));
      expect([listed.get(alive.handle), listed.get(dead.handle)]).toEqual([true, false]);
    });

    test('an engine that was restarted finds, reads and stops what was started before', async () => {
      const request = aRequest();
      const instance = await runtime.start(request);
      started.add(instance.handle);
      await answerOf(instance, '/');
      const later = place.create();
      expect(await later.start(request)).toEqual(instance);
      expect((await later.list()).find(({ handle }) => handle === instance.handle)?.running).toBe(true);
      await running(later, instance);
      await collect(later.output(instance.handle, null, deadlineIn(patienceMs))).until('ready');
      await later.stop(instance.handle, 1_000);
      expect(await runtime.inspect(instance.handle)).toEqual({ state: 'gone' });
    });

    test('a running app gets more memory without being started again', async () => {
      const instance = await startReady({ limits: { memoryBytes: 128 * MiB, cpuMillicores: 500 } });
      await answerOf(instance, '/allocate?mebibytes=30');
      const before = await runtime.usage(instance.handle);
      expect(await runtime.resize(instance.handle, { memoryBytes: 512 * MiB, cpuMillicores: 1500 })).toBe('applied');
      await answerOf(instance, '/allocate?mebibytes=200');
      const after = await runtime.usage(instance.handle);
      expect(after!.memoryBytes).toBeGreaterThan(before!.memoryBytes + 150 * MiB);
      await running(runtime, instance);
    });

    test('memory that a running app does not use is taken away, and is a limit from then on', async () => {
      const instance = await startReady({ limits: { memoryBytes: 512 * MiB, cpuMillicores: 1000 } });
      expect(await runtime.resize(instance.handle, { memoryBytes: 160 * MiB, cpuMillicores: 200 })).toBe('applied');
      await running(runtime, instance);
      await fetch(urlOf(instance, '/allocate?mebibytes=400')).catch(() => undefined);
      expect(await ended(instance.handle)).toMatchObject({ state: 'ended', outOfMemory: true });
    });

    test('an app that uses more than it is to get needs a restart, and runs on as it did', async () => {
      const instance = await startReady({ limits: { memoryBytes: 512 * MiB, cpuMillicores: 1000 } });
      await answerOf(instance, '/allocate?mebibytes=150');
      const later = place.create();
      const less = { memoryBytes: 128 * MiB, cpuMillicores: 1000 };
      expect(await later.resize(instance.handle, less)).toBe('needs-restart');
      await answerOf(instance, '/allocate?mebibytes=100');
      await running(runtime, instance);
    });

    test('what has ended, or never was, needs a restart for new limits', async () => {
      const { handle } = await start({ variables: { EXIT_AT_START: '1' } });
      await ended(handle);
      const limits = { memoryBytes: 128 * MiB, cpuMillicores: 1000 };
      expect(await runtime.resize(handle, limits)).toBe('needs-restart');
      expect(await runtime.resize(newId(), limits)).toBe('needs-restart');
    });

    const within = (withinMs: number) => ({ withinMs, signal: deadlineIn(patienceMs) });

    test('a command inside an instance gets its arguments as they are, and tells its exit code and its output', async () => {
      const instance = await startReady({ variables: { GREETING: 'hello $(id)' } });
      const strange = ['$(touch /tmp/pwned)', '; exit 0', 'a b', "'", '*'];
      const report = await runtime.execute(instance.handle, [...check, 'print', ...strange], within(10_000));
      expect(report).toEqual({ exitCode: 3, output: expect.stringContaining(JSON.stringify(strange)) });
      expect(report.output).toContain('hello $(id)');
      const later = place.create();
      expect(await later.execute(instance.handle, [...check, 'print'], within(10_000))).toMatchObject({
        exitCode: 3,
        output: expect.stringContaining('hello $(id)'),
      });
    });

    test('a command that is not there ends with 127, and one where nothing runs with nothing', async () => {
      const instance = await startReady();
      const missing = await runtime.execute(instance.handle, ['no-such-command-anywhere'], within(10_000));
      expect(missing.exitCode).toBe(127);
      await runtime.stop(instance.handle, 0);
      const nothing = { exitCode: null, output: '' };
      expect(await runtime.execute(instance.handle, [...check, 'print'], within(10_000))).toEqual(nothing);
      expect(await runtime.execute(newId(), [...check, 'print'], within(10_000))).toEqual(nothing);
    });

    test('a command that takes too long is ended, and the instance runs on', async () => {
      const mark = newId();
      const instance = await startReady({ variables: { MARK: mark } });
      const hanging = async () => (await Promise.all((await processesWith(mark)).map(argumentsOf))).filter(hangs);
      const hangs = (argv: readonly string[]) => argv.includes('hang');
      const report = await runtime.execute(instance.handle, [...check, 'hang'], within(500));
      expect(report.exitCode).toBeNull();
      await eventually(async () => ((await hanging()).length === 0 ? true : null));
      expect(await answerOf(instance, '/')).toBe('hello');
    });

    test('what sleeps keeps its memory and does nothing, and goes on where it was once it is woken', async () => {
      const instance = await startReady();
      await answerOf(instance, '/allocate?mebibytes=40');
      expect(await runtime.sleep(instance.handle)).toBe(true);
      expect(await runtime.sleep(instance.handle)).toBe(true);
      expect(await place.create().inspect(instance.handle)).toEqual({ state: 'asleep' });
      const asleep = await runtime.usage(instance.handle);
      expect(asleep!.memoryBytes).toBeGreaterThan(30 * MiB);
      const asked = fetch(urlOf(instance, '/'), { signal: deadlineIn(20_000) });
      expect(await runtime.execute(instance.handle, [...check, 'print'], within(10_000))).toMatchObject({
        exitCode: null,
      });
      expect((await runtime.usage(instance.handle))!.cpuMs).toBeLessThanOrEqual(asleep!.cpuMs + 20);
      expect(await runtime.wake(instance.handle)).toEqual(instance);
      expect(await (await asked).text()).toBe('hello');
      expect(await runtime.wake(instance.handle)).toEqual(instance);
      expect((await runtime.inspect(instance.handle)).state).toBe('running');
    });

    test('what sleeps is ended as others are, with its time to finish', async () => {
      const instance = await startReady({ variables: { ON_SIGTERM: 'finish' } });
      const output = collect(runtime.output(instance.handle, null, deadlineIn(patienceMs)));
      await runtime.sleep(instance.handle);
      await runtime.stop(instance.handle, 10_000);
      expect((await output.all).map(({ message }) => message)).toContain('finished');
      expect(await runtime.inspect(instance.handle)).toEqual({ state: 'gone' });
    });

    test('nothing is put to sleep or woken where nothing runs', async () => {
      const over = await startReady({ variables: { MARK: newId() } });
      await answerOf(over, '/exit?code=1');
      await ended(over.handle);
      expect([await runtime.sleep(over.handle), await runtime.wake(over.handle)]).toEqual([false, null]);
      const unknown = newId();
      expect([await runtime.sleep(unknown), await runtime.wake(unknown)]).toEqual([false, null]);
    });

    test('what was prepared for a project is there for its instances, as often as it is asked, and goes with it', async () => {
      const unused = newId();
      await Promise.all([runtime.prepare(unused), runtime.prepare(projectId), runtime.prepare(projectId)]);
      const instance = await startReady();
      expect(await answerOf(instance, '/')).toBe('hello');
      await runtime.forget(unused);
      expect(await runtime.projects()).not.toContain(unused);
    });

    test('forgetting a project that keeps nothing, or runs, harms nothing', async () => {
      const instance = await startReady();
      await runtime.forget(newId());
      await runtime.forget(projectId);
      expect(await answerOf(instance, '/')).toBe('hello');
    });

    test('usage grows with what the app uses', async () => {
      const instance = await startReady();
      const before = await runtime.usage(instance.handle);
      await answerOf(instance, '/allocate?mebibytes=60');
      await answerOf(instance, '/burn?ms=200');
      const after = await runtime.usage(instance.handle);
      expect(after!.memoryBytes).toBeGreaterThan(before!.memoryBytes + 40 * MiB);
      expect(after!.cpuMs).toBeGreaterThan(before!.cpuMs);
    });
  });
}

function urlOf({ host, port }: StartedInstance, path: string): string {
  return `http://${host}:${port}${path}`;
}

/** Asks until the app answers at all. */
function answerOf(instance: StartedInstance, path: string): Promise<string> {
  return eventually(async () => {
    const response = await fetch(urlOf(instance, path), { signal: deadlineIn(5_000) }).catch(() => null);
    return response && (await response.text());
  });
}

async function running(
  runtime: Runtime,
  { handle }: StartedInstance,
): Promise<Extract<InstanceReport, { state: 'running' }>> {
  const report = await runtime.inspect(handle);
  if (report.state !== 'running') throw new Error(`It does not run: ${JSON.stringify(report)}`);
  return report;
}

function collect(source: AsyncIterable<OutputLine>) {
  const lines: OutputLine[] = [];
  const all = (async () => {
    for await (const line of source) lines.push(line);
    return lines;
  })();
  return {
    lines,
    all,
    until: (message: string) => eventually(async () => lines.find((line) => line.message === message) ?? null),
  };
}

async function eventually<T>(look: () => Promise<T | null>): Promise<T> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (Date.now() > deadline) throw new Error(`Not within ${patienceMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Processes of this machine that have the mark among their variables; inside containers as well. */
async function processesWith(mark: string): Promise<string[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const texts = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')));
  return pids.filter((_, index) => texts[index]?.includes(`MARK=${mark}`));
}

async function argumentsOf(pid: string): Promise<readonly string[]> {
  return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
}
