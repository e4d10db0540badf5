import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DeploymentFailure } from '@apployd/core/failure';
import { newId } from '@apployd/core/id';
import { projectSettings } from '@apployd/core/settings';
import { writeFiles, type FakeFiles } from '../source/fake.js';
import { recordingLog } from '../source/recording-log.js';
import type { Builder, BuildRequest } from './builder.js';

export type BuilderHarness = {
  readonly builder: Builder;
  /** What is left of a build: processes, containers, folders, images. */
  leftovers(request: BuildRequest): Promise<readonly string[]>;
  /** Builds an app that hangs, and leaves off midway without a word, as an engine that is killed does. */
  kill(request: BuildRequest): Promise<void>;
};

/** Told by this number in a list of processes. */
export const hangSeconds = 7_531;

/** An app whose build does what its file `does` says: prints, fails, hangs. */
export const conformanceApp = (does: 'prints' | 'fails' | 'hangs'): FakeFiles => ({
  'package.json': JSON.stringify({ scripts: { build: 'node build.cjs', start: 'node server.js' } }),
  'server.js': '',
  does,
  'build.cjs': `
const does = require('fs').readFileSync('does', 'utf8');
console.log('first line');
console.error('VALUE=' + Buffer.from(process.env.VALUE ?? '').toString('base64'));
if (does === 'fails') process.exit(3);
if (does === 'hangs') {
  require('child_process').spawn('sleep', ['${hangSeconds}'], { detached: true, stdio: 'ignore' }).unref();
  console.log('hanging');
  setInterval(() => {}, 1000);
}`,
});

/** What every builder promises. */
export function builderConformance(name: string, harness: () => BuilderHarness): void {
  describe(`builder: ${name}`, () => {
    let folder: string;
    let made: { builder: Builder; id: string; deploymentId: string }[];
    beforeEach(async () => {
      folder = await realpath(await mkdtemp(join(tmpdir(), 'apployd-builder-')));
      made = [];
    });
    afterEach(async () => {
      for (const { builder, id } of made) await builder.remove(id);
      await rm(folder, { recursive: true, force: true });
    });

    const requestFor = (files: FakeFiles, more: Partial<BuildRequest> = {}) => buildRequest(folder, files, more);
    const build = async (request: BuildRequest, signal = new AbortController().signal, log = recordingLog()) => {
      const { builder } = harness();
      const image = await builder.build(request, log, signal);
      made.push({ builder, id: image.id, deploymentId: request.deploymentId });
      return { image, lines: log.lines.map(({ message }) => message) };
    };
    const failure = (promise: Promise<unknown>) =>
      promise.then(
        () => expect.unreachable('it was built'),
        (error: DeploymentFailure) => error,
      );

    test('a build gives an image that is there, and its output line by line', async () => {
      const { image, lines } = await build(await requestFor(conformanceApp('prints')));
      expect(await harness().builder.has(image.id)).toBe(true);
      const listed = (await harness().builder.list()).find(({ id }) => id === image.id);
      expect(listed).toMatchObject({ deploymentId: made.at(-1)?.deploymentId });
      expect(image.sizeBytes).toBeGreaterThan(0);
      expect(lines).toContain('first line');
    });

    test('building the same deployment again gives the same image, without building', async () => {
      const request = await requestFor(conformanceApp('prints'));
      const first = await build(request);
      const again = await build(request);
      expect(again.image).toEqual(first.image);
      expect(again.lines).not.toContain('first line');
    });

    test('two deployments of one source have an image each', async () => {
      const first = await build(await requestFor(conformanceApp('prints')));
      const second = await build(await requestFor(conformanceApp('prints')));
      await harness().builder.remove(first.image.id);
      expect(await harness().builder.has(second.image.id)).toBe(true);
    });

    test('build variables reach the build byte for byte', async () => {
      const value = 'a "b" \'c\' $HOME $(id) `id`\n\\n é = #';
      const { lines } = await build(await requestFor(conformanceApp('prints'), { buildVariables: { VALUE: value } }));
      expect(lines).toContain(`VALUE=${Buffer.from(value).toString('base64')}`);
    });

    test('a step that fails is BUILD_ERROR with its exit code, and nothing is left', async () => {
      const request = await requestFor(conformanceApp('fails'));
      const error = await failure(build(request));
      expect(error).toMatchObject({ code: 'BUILD_ERROR', stage: 'BUILD', exitCode: 3 });
      expect(await harness().leftovers(request)).toEqual([]);
    });

    test('nothing to build is NO_BUILD_PLAN with a sentence that says what is looked for', async () => {
      const request = await requestFor({ 'README.md': 'hi' });
      const error = await failure(build(request));
      expect(error).toMatchObject({ code: 'NO_BUILD_PLAN', stage: 'BUILD' });
      expect(error.message).toMatch(/package\.json/);
      expect(await harness().leftovers(request)).toEqual([]);
    });

    test('a build that is cancelled rejects with the reason, and nothing of it is left after 2 s', async () => {
      const request = await requestFor(conformanceApp('hangs'));
      const controller = new AbortController();
      const log = recordingLog();
      const building = build(request, controller.signal, log);
      const reason = new Error('cancelled');
      void log.saw('hanging').then(() => controller.abort(reason));
      await expect(building).rejects.toBe(reason);
      await expect.poll(() => harness().leftovers(request), { timeout: 2_000 }).toEqual([]);
    });

    test('a build that takes too long is BUILD_TIMEOUT, and nothing is left', async () => {
      const request = await requestFor(conformanceApp('hangs'));
      const controller = new AbortController();
      const log = recordingLog();
      void log.saw('hanging').then(() => controller.abort(new DOMException('too late', 'TimeoutError')));
      expect(await failure(build(request, controller.signal, log))).toMatchObject({
        code: 'BUILD_TIMEOUT',
        stage: 'BUILD',
      });
      await expect.poll(() => harness().leftovers(request), { timeout: 20_000 }).toEqual([]);
    });

    test('a signal that has fired builds nothing', async () => {
      const request = await requestFor(conformanceApp('prints'));
      const reason = new Error('cancelled');
      await expect(build(request, AbortSignal.abort(reason))).rejects.toBe(reason);
      expect(await harness().leftovers(request)).toEqual([]);
    });

    test('an image that is removed is gone; removing it again is not an error', async () => {
      const { builder } = harness();
      const request = await requestFor(conformanceApp('prints'));
      const { image } = await build(request);
      await builder.remove(image.id);
      expect(await builder.has(image.id)).toBe(false);
      await builder.remove(image.id);
      expect(await harness().leftovers(request)).toEqual([]);
    });

    test('of a build that was killed midway nothing is left once it is discarded', async () => {
      const request = await requestFor(conformanceApp('hangs'));
      await harness().kill(request);
      await harness().builder.discard(request.deploymentId);
      await expect.poll(() => harness().leftovers(request), { timeout: 20_000 }).toEqual([]);
    });

    test('a discarded image is gone; discarding again, or what never was, is not an error', async () => {
      const { builder } = harness();
      const unique = () => requestFor({ ...conformanceApp('prints'), 'unique.txt': newId() });
      const [request, other] = [await unique(), await unique()];
      const { image } = await build(request);
      const { image: kept } = await build(other);
      await builder.discard(request.deploymentId);
      expect(await builder.has(image.id)).toBe(false);
      expect(await builder.has(kept.id)).toBe(true);
      await builder.discard(request.deploymentId);
      await builder.discard(newId());
      expect(await harness().leftovers(request)).toEqual([]);
    });

    test('an image that never was is not there', async () => {
      expect(await harness().builder.has('process:none')).toBe(false);
      expect(await harness().builder.has(`sha256:${'0'.repeat(64)}`)).toBe(false);
    });
  });
}

/** A request for files written below `folder`. */
export async function buildRequest(
  folder: string,
  files: FakeFiles,
  more: Partial<BuildRequest> = {},
): Promise<BuildRequest> {
  const deploymentId = newId();
  const root = join(folder, deploymentId);
  await writeFiles(root, files);
  return {
    deploymentId,
    projectId: newId(),
    organizationId: newId(),
    tree: { root, commit: null },
    settings: projectSettings.parse({}),
    buildVariables: {},
    ...more,
  };
}
