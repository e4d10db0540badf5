import Docker from 'dockerode';
import { MiB } from '@apployd/core/resources';
import { dockerBuilder } from '../builder/docker.js';
import { processBuilder } from '../builder/process.js';
import type { EndlessBuild } from './kill-build.js';

/** Started by `killBuild` as a process of its own: builds, and prints what the build prints. */
const { request, place } = JSON.parse(process.argv[2] ?? '') as EndlessBuild;
const limits = { memoryBytes: 1024 * MiB, cpuMillicores: 2_000, diskBytes: 200 * MiB, maxProcesses: 1024 };
const builder =
  'folder' in place
    ? processBuilder({ folder: place.folder, limits, environment: {}, cgroupParent: null })
    : dockerBuilder(new Docker(), { limits, network: () => Promise.resolve(place.network) });
const print = (text: string) => void process.stdout.write(`${text}\n`);
const log = {
  write: print,
  line: print,
  flush: () => Promise.resolve(0n),
  close: () => Promise.resolve(),
};
await builder.build(request, log, new AbortController().signal);
