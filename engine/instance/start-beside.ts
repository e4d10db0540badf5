import { projectSettings } from '@apployd/core/settings';
import type { Engine } from '../engine.js';
import { maskedError } from '@apployd/backplane/log/masked-error';
import { openVariables } from '../variable/open-variables.js';
import { variablesOf } from '../variable/variables-of.js';
import type { LiveEnvironment } from './live-environment.js';
import { FailedStart, failedStart } from './failed-start.js';
import { newRows } from './new-rows.js';
import { removeInstance } from './remove-instance.js';
import { startRelease, type RunningInstance } from './start-release.js';
import { together } from './together.js';
import { waitUntilHealthy } from './wait-until-healthy.js';

/** More instances of what is live, with the limits of now and the variables that it was deployed with: all healthy, or none. */
export async function startBeside(
  engine: Engine,
  { environment, live, process }: LiveEnvironment,
  count: number,
  signal: AbortSignal,
): Promise<readonly RunningInstance[]> {
  const { release } = live;
  if (!release) throw new Error('There is nothing to start: the release is not kept.');
  if (release.runtime !== engine.runtime.kind) {
    throw new Error(
      `The release was built for the ${release.runtime} runtime, and this engine has ${engine.runtime.kind}.`,
    );
  }
  const variables = await openVariables(engine, variablesOf(live, environment));
  const settings = projectSettings.parse(release.settings);
  const rows = await newRows(engine, live, process, count);
  try {
    return await together(
      signal,
      rows.map((row) => async (stop) => {
        try {
          return await engine.starts.within(stop, async () => {
            const started = await startRelease(engine, row, process, release, variables.all);
            await waitUntilHealthy(engine, started, settings, environment.hostname, stop);
            return started;
          });
        } catch (error) {
          throw await failedStart(engine, row.id, error, variables.mask);
        }
      }),
    );
  } catch (error) {
    for (const { id } of rows) await removeInstance(engine, id, 0);
    throw error instanceof FailedStart ? error : maskedError(error, variables.mask);
  } finally {
    variables.forget();
  }
}
