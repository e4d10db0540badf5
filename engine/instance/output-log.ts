import { runtimeLogOf } from '@apployd/core/log-line';
import { outputWriter, type OutputWriter } from '@apployd/backplane/logs/output-writer';
import type { Engine } from '../engine.js';
import { secretValues } from '../variable/secret-values.js';
import type { LiveInstance } from './collect-output.js';

/** The log of an environment, for what one of its instances prints. */
export type OutputLog = {
  readonly writer: Promise<OutputWriter>;
  /** Fires when the writer takes no more, until it goes on from another place. */
  readonly failed: () => AbortSignal;
  /** The environment's variables have this version by now: its secret values are masked from here on, too. */
  see(variablesVersion: number): void;
  forget(): void;
};

/** Masks what the instance was started with, whatever became of it since, and what the environment has now. */
export function openOutputLog(engine: Engine, instance: LiveInstance, signal: AbortSignal): OutputLog {
  let failing = new AbortController();
  let seen = instance.environment.variablesVersion;
  let over = false;
  let forget = () => {};

  async function masked(): Promise<readonly string[]> {
    const since = instance.deployment.release?.variablesVersion ?? 0;
    const values = await secretValues(engine, instance.environment, since);
    forget();
    if (!over) forget = engine.secrets.hold(values);
    return [...values, ...engine.secrets.own];
  }

  async function maskAnew(variablesVersion: number): Promise<void> {
    const former = seen;
    seen = variablesVersion;
    try {
      (await writer).mask(await masked());
    } catch (err) {
      seen = former; // and the next look tries again
      engine.log.warn({ err, instanceId: instance.id }, 'could not mask the newest secrets in what the app prints');
    }
  }

  const onFailure = (error: unknown) => failing.abort(error);
  const writer = masked().then((mask) =>
    outputWriter(engine.logs, { ...optionsOf(engine, instance, mask), signal, onFailure }),
  );
  writer.catch(() => undefined); // told to whoever writes
  return {
    writer,
    failed: () => {
      if (failing.signal.aborted) failing = new AbortController();
      return failing.signal;
    },
    see: (variablesVersion) => void (variablesVersion > seen && maskAnew(variablesVersion)),
    forget() {
      over = true;
      forget();
    },
  };
}

function optionsOf(engine: Engine, instance: LiveInstance, mask: readonly string[]) {
  const { id: instanceId, organizationId, deploymentId, environmentId, outputCursor } = instance;
  return {
    stream: runtimeLogOf(environmentId),
    ...{ organizationId, deploymentId, instanceId, mask },
    from: outputCursor,
    clock: engine.clock,
    onRetry: (err: unknown) => engine.log.warn({ err, instanceId }, 'cannot store what the app prints; trying again'),
  };
}
