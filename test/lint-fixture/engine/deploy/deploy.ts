import { dockerRuntime } from '../runtime/docker.js'; // refused: house/imports
import type { Runtime } from '../runtime/runtime.js';
import Docker from 'dockerode'; // refused: house/imports
import { Apployd } from '@apployd/sdk/client'; // refused: house/imports
import { KubeConfig } from '@kubernetes/client-node'; // refused: house/imports

export const deploy = (runtime: Runtime) => [dockerRuntime, runtime, Docker, Apployd, KubeConfig];
