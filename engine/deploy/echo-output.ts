import type { Engine } from '../engine.js';
import type { Run } from './run.js';
import type { RunningInstance } from '../instance/start-release.js';

const lastLinesMs = 2_000;

/** Shows what the app prints in the build log while `work` waits for it; what it said last is there when the work fails. */
export async function withOutputInLog<T>(
  engine: Engine,
  run: Run,
  instance: RunningInstance,
  work: () => Promise<T>,
): Promise<T> {
  const done = new AbortController();
  const echo = echoOutput(engine, run, instance, done.signal);
  try {
    return await work();
  } catch (error) {
    await Promise.race([echo, engine.clock.sleep(lastLinesMs)]);
    throw error;
  } finally {
    done.abort();
  }
}

async function echoOutput(engine: Engine, run: Run, instance: RunningInstance, signal: AbortSignal): Promise<void> {
  try {
    for await (const { message, source } of engine.runtime.output(instance.handle, null, signal)) {
      run.log.line(message, source);
    }
  } catch (err) {
    if (!signal.aborted) engine.log.warn({ err, instanceId: instance.id }, 'cannot read what the app prints');
  }
}
