import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Logger } from '@apployd/backplane/log/logger';
import type { Builder } from './builder/builder.js';
import type { EngineConfig } from './config.js';
import type { Runtime } from './runtime/runtime.js';
import type { Volumes } from './volume/volumes.js';

/** What builds releases and what runs them always go together. */
export type Machinery = {
  readonly builder: Builder;
  readonly runtime: Runtime;
  readonly volumes: Volumes;
  /** Where it keeps things on this machine, beside the data folder. */
  readonly folders: readonly string[];
};

export type MachineryOptions = {
  readonly config: EngineConfig;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Instances are told apart from those of other engines on the same machine by it. */
  readonly serverId: string;
  readonly log: Logger;
  readonly signal: AbortSignal;
};

export type RuntimeKind = 'docker' | 'process';

/** Where Docker listens by default, Docker Desktop included. */
const dockerSockets = ['/var/run/docker.sock', path.join(os.homedir(), '.docker/run/docker.sock')];

/**
 * The kind that the configuration names, or for `auto` Docker where an engine answers; and why. An installation whose
 * releases run in Docker does not fall back to processes, which nothing isolates, because its engine is late.
 */
export async function chooseRuntime(
  config: EngineConfig,
  former: string | null,
): Promise<{ readonly kind: RuntimeKind; readonly why: string }> {
  const { ENGINE_RUNTIME: asked } = config;
  if (asked === 'process') return { kind: asked, why: 'ENGINE_RUNTIME says so' };
  const answers = await dockerAnswers(config);
  if (asked === 'docker' && answers) return { kind: asked, why: 'ENGINE_RUNTIME says so' };
  if (asked === 'auto' && !answers && former === 'docker') {
    throw new Error(
      'Releases here run in Docker, and no Docker engine answers: start it, or set ENGINE_RUNTIME=process.',
    );
  }
  if (asked === 'docker') {
    throw new Error('ENGINE_RUNTIME is docker, but no Docker engine answers: start it, or set DOCKER_HOST.');
  }
  return answers
    ? { kind: 'docker', why: 'a Docker engine answers' }
    : { kind: 'process', why: 'no Docker engine answers' };
}

/** Loads only the adapters that are chosen: an idle engine pays for every module in memory and at its start. */
export async function machineryOf(kind: RuntimeKind, options: MachineryOptions): Promise<Machinery> {
  if (kind === 'docker') return (await import('./docker-machinery.js')).dockerMachinery(options);
  return (await import('./process-machinery.js')).processMachinery(options);
}

async function dockerAnswers({ DOCKER_HOST }: EngineConfig): Promise<boolean> {
  if (!DOCKER_HOST && process.platform !== 'win32' && !dockerSockets.some((socket) => existsSync(socket))) return false;
  return (await import('./docker-machinery.js')).dockerAnswers();
}
