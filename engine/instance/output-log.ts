import { runtimeLogOf } from '@apployd/core/log-line';
import { logWriter, type MaskingLogWriter } from '@apployd/backplane/logs/write-log';
import type { Engine } from '../engine.js';
import { secretValues } from '../variable/secret-values.js';
import type { LiveInstance } from './collect-output.js';

/** The log of an environment, for what one of its instances prints. */
export type OutputLog = {
  readonly writer: Promise<MaskingLogWriter>;
  /** The environment's variables have this version by now: its secret values are masked from here on, too. */
  see(variablesVersion: number): void;
  forget(): void;
};

/** Masks what the instance was started with, whatever became of it since, and what the environment has now. */
export function openOutputLog(engine: Engine, instance: LiveInstance): OutputLog {
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

  const writer = masked().then((mask) => writerOf(engine, instance, mask));
  writer.catch(() => undefined); // told to whoever writes
  return {
    writer,
    see: (variablesVersion) => void (variablesVersion > seen && maskAnew(variablesVersion)),
    forget() {
      over = true;
      forget();
    },
  };
}

function writerOf(engine: Engine, instance: LiveInstance, mask: readonly string[]): MaskingLogWriter {
  return logWriter(engine.logs, {
    stream: runtimeLogOf(instance.environmentId),
    organizationId: instance.organizationId,
    deploymentId: instance.deploymentId,
    mask,
    onError: (err) => engine.log.error({ err, instanceId: instance.id }, 'output lines were lost'),
  });
}
