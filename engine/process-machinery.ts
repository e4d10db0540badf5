import path from 'node:path';
import { processBuilder } from './builder/process.js';
import type { Machinery, MachineryOptions } from './machinery.js';
import { processRuntime } from './runtime/process.js';
import { folderVolumes } from './volume/folder.js';

/** Builds and runs as processes of this machine, below the data folder. */
export function processMachinery({ config, environment, log, signal }: MachineryOptions): Machinery {
  const folder = path.resolve(config.APPLOYD_DATA, 'engine');
  const releases = path.join(folder, 'releases');
  const volumes = path.join(folder, 'volumes');
  return {
    folders: [],
    builder: processBuilder({
      folder: releases,
      limits: {
        memoryBytes: config.ENGINE_BUILD_MEMORY_BYTES,
        cpuMillicores: config.ENGINE_BUILD_CPU_MILLICORES,
        diskBytes: config.ENGINE_RELEASE_MAX_BYTES,
      },
      environment,
      cgroupParent: 'apployd',
    }),
    volumes: folderVolumes({ folder: volumes }),
    runtime: processRuntime({
      folder,
      releases,
      volumes,
      signal,
      onProblem: (err) => log.error({ err }, 'the end of an app could not be noted'),
    }),
  };
}
