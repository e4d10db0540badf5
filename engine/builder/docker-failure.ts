import { DeploymentFailure, type FailureCode } from '@apployd/core/failure';
import type { DockerBuildError } from './docker-output.js';
import { outOfMemory } from './build-failure.js';
import type { DockerfileFacts } from './dockerfile-facts.js';

/** What a failed build means for the customer. Texts are the Docker engine's own. A fault of ours is a plain Error. */
export function dockerFailure(error: DockerBuildError, facts: DockerfileFacts, memoryBytes: number): Error {
  const { message, exitCode, heapFull } = error;
  const step = error.step ? `The step "${shortened(error.step)}"` : 'The build';
  if (
    /no space left on device|network \S+ not found|failed to create endpoint|failed to set up container networking/i.test(
      message,
    )
  ) {
    return new Error(`Docker build failed: ${message}`);
  }
  if (exitCode === killed || heapFull) return outOfMemory(memoryBytes, exitCode);
  if (exitCode !== null) {
    return failure(
      'BUILD_ERROR',
      `${step} failed with exit code ${exitCode}. The lines above it in the log say why.`,
      exitCode,
    );
  }
  if (isPull(error)) return failure('IMAGE_PULL', pullSentence(error));
  if (
    /requires BuildKit/i.test(message) ||
    (facts.wantsBuildKit && /parse error|unknown (flag|instruction)/i.test(message))
  ) {
    return failure(
      'BUILD_ERROR',
      `The Dockerfile uses what only BuildKit knows (${shortened(message)}). Write it without.`,
    );
  }
  return failure('BUILD_ERROR', `${step} failed: ${shortened(message)}`);
}

export function secretsUnsupported(): DeploymentFailure {
  return failure(
    'BUILD_SECRETS_UNSUPPORTED',
    'The Dockerfile mounts a secret (RUN --mount=type=secret or ssh), which builds here cannot do yet. Take the mount out; a running app gets its secrets as variables.',
  );
}

/** Sent SIGKILL: by the kernel, for want of memory. */
const killed = 137;

function isPull({ step, message }: DockerBuildError): boolean {
  const fetches = step === null || /^FROM\s|^COPY\s.*--from=/i.test(step);
  const refused =
    /pull access denied|manifest|no such host|repository .*does not exist|toomanyrequests|unauthorized|denied|registry|dial tcp|not found/i;
  return fetches && refused.test(message) && !/COPY failed: (file not found|stat |no source)/.test(message);
}

function pullSentence({ step, message }: DockerBuildError): string {
  const image =
    /^FROM\s+(?:--\S+\s+)*(\S+)/i.exec(step ?? '')?.[1] ?? /--from=(\S+)/.exec(step ?? '')?.[1] ?? 'an image';
  return `The base image ${shortened(image)} cannot be pulled (${shortened(message)}). Check its name and tag, and that it is public.`;
}

function failure(code: FailureCode, message: string, exitCode: number | null = null): DeploymentFailure {
  return new DeploymentFailure(code, 'BUILD', message, exitCode);
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}
