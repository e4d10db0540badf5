import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import Docker from 'dockerode';
import { pack } from 'tar-stream';
import { newId } from '@apployd/core/id';
import { MiB } from '@apployd/core/resources';
import type { StartRequest } from './runtime.js';

const sampleApp = fileURLToPath(new URL('sample-app.mjs', import.meta.url));

const sampleCheck = fileURLToPath(new URL('sample-check.mjs', import.meta.url));

/** The Docker engine of the tests; a run without one has to say so, not to skip. */
export async function testDocker(): Promise<Docker> {
  const docker = new Docker();
  await docker.ping().catch((cause: unknown) => {
    const advice = 'Start one (`npm run setup:host`), or leave its suites out with APPLOYD_TEST_WITHOUT=docker.';
    throw new Error(`No Docker engine answers. ${advice}`, { cause });
  });
  return docker;
}

/** Builds the image of `sample-app.mjs`; the same one every time. */
export async function sampleImage(docker: Docker): Promise<string> {
  const archive = pack();
  archive.entry({ name: 'app.mjs' }, await readFile(sampleApp, 'utf8'));
  archive.entry({ name: 'check.mjs' }, await readFile(sampleCheck, 'utf8'));
  archive.entry({ name: 'Dockerfile' }, 'FROM node:20-alpine\nWORKDIR /app\nCOPY *.mjs ./\nCMD ["node", "app.mjs"]\n');
  archive.finalize();
  const tag = 'apployd-test/sample-app:latest';
  const progress = await docker.buildImage(archive as unknown as NodeJS.ReadableStream, { t: tag });
  await new Promise<void>((resolve, reject) =>
    docker.modem.followProgress(progress, (error, steps: { error?: string }[]) => {
      const failed = error?.message ?? steps.find((step) => step.error)?.error;
      return failed ? reject(new Error(failed)) : resolve();
    }),
  );
  return (await docker.getImage(tag).inspect()).Id;
}

/** A request to start this image, in a project of its own unless told otherwise. */
export function aRequest(imageId: string, overrides: Partial<StartRequest> = {}): StartRequest {
  return {
    instanceId: newId(),
    deploymentId: newId(),
    organizationId: newId(),
    projectId: newId(),
    environmentId: newId(),
    process: 'web',
    imageId,
    command: null,
    mounts: [],
    variables: {},
    port: 3000,
    limits: { memoryBytes: 64 * MiB, cpuMillicores: 500 },
    ...overrides,
  };
}

/** What a container of the sample image gets when it fetches this; `no answer` and why when it is kept from it. */
export async function fetchInside(docker: Docker, handle: string, url: string): Promise<string> {
  const [answer = ''] = await fetchAllInside(docker, handle, [url]);
  return answer;
}

/** All from one process: the sample's container has no memory for several. */
export async function fetchAllInside(docker: Docker, handle: string, urls: readonly string[]): Promise<string[]> {
  const script = `const answerOf = (url) => fetch(url, { signal: AbortSignal.timeout(2000) })
    .then((response) => response.text(), (error) => 'no answer: ' + (error.cause?.code ?? error.name));
  Promise.all(${JSON.stringify(urls)}.map(answerOf))
    .then((answers) => process.stdout.write(JSON.stringify(answers), () => process.exit(0)))`;
  const exec = await docker.getContainer(handle).exec({ Cmd: ['node', '-e', script], AttachStdout: true });
  const stream = await exec.start({ Tty: false });
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return JSON.parse(withoutFrames(Buffer.concat(chunks)) || '[]') as string[];
}

function withoutFrames(buffer: Buffer): string {
  if (buffer.length < 8) return '';
  const end = 8 + buffer.readUInt32BE(4);
  return buffer.toString('utf8', 8, end) + withoutFrames(buffer.subarray(end));
}
