import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { happyWorld } from './testing/make.js';
import { type MockPlatform, mockPlatform } from './testing/mock-platform.js';
import { readmeSample } from './testing/readme-sample.js';
import { version } from './version.js';

const run = promisify(execFile);
const source = fileURLToPath(new URL('.', import.meta.url));
const slow = 180_000;

let place: string;
let room: string;
let folder: string;
let platform: MockPlatform;

/** The SDK, built and packed from a copy, in a project of its own that is installed from tarballs alone: no registry. */
beforeAll(async () => {
  platform = await mockPlatform(happyWorld());
  place = await mkdtemp(path.join(tmpdir(), 'apployd-sdk-'));
  room = await copyRoom();
  folder = path.join(place, 'consumer');
  await mkdir(folder);
  await run('npm', ['run', '--silent', 'build'], { cwd: room });
  const dependencies = ['graphql-ws', 'graphql', '@graphql-typed-document-node/core'].map(folderOf);
  const tarballs = await Promise.all([room, ...dependencies].map(pack));
  await writeFile(path.join(folder, 'package.json'), JSON.stringify({ name: 'consumer', private: true }));
  await run('npm', ['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', ...tarballs], {
    cwd: folder,
  });
}, slow);

afterAll(async () => {
  await platform.close();
  await rm(place, { recursive: true, force: true });
});

/** Somebody may be building in the room itself. */
async function copyRoom(): Promise<string> {
  const copy = path.join(place, 'workspace/sdk');
  const filter = (file: string) => !/^(dist|\.readme-sample.*)$/.test(path.relative(source, file));
  await cp(source, copy, { recursive: true, filter });
  await cp(path.join(source, '../tsconfig.base.json'), path.join(copy, '../tsconfig.base.json'));
  await symlink(path.join(source, '../node_modules'), path.join(copy, '../node_modules'));
  return copy;
}

async function pack(what: string): Promise<string> {
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', place], {
    cwd: what,
  });
  const packed = JSON.parse(stdout) as readonly { filename: string }[] | Readonly<Record<string, { filename: string }>>;
  return path.join(place, Object.values(packed)[0]?.filename ?? '');
}

function folderOf(dependency: string): string {
  const require = createRequire(import.meta.url);
  return (
    (require.resolve.paths(dependency) ?? []).map((place) => path.join(place, dependency)).find(isPackage) ?? dependency
  );
}

function isPackage(place: string): boolean {
  try {
    createRequire(import.meta.url)(path.join(place, 'package.json'));
    return true;
  } catch {
    return false;
  }
}

async function runFile(name: string, text: string): Promise<string> {
  await writeFile(path.join(folder, name), text);
  return (await run(process.execPath, [name], { cwd: folder, timeout: slow })).stdout;
}

const story = (url: string) => `
  const apployd = new Apployd({ url: ${JSON.stringify(url)} });
  const deployment = await apployd.deployments.create({ environmentId: 'env_1' });
  const lines = [];
  const live = await deployment.wait({ onLog: (line) => { lines.push(line.sequence); } });
  console.log(live.status, lines.join(' '), typeof apployd.deployments.fromFolder);
`;

describe('the packed SDK', () => {
  test.each(['@apployd/sdk', '@apployd/sdk/node'])('%s runs as ESM and as CommonJS', async (entry) => {
    const esm = `import { Apployd } from '${entry}';\n${story(platform.url)}`;
    const cjs = `const { Apployd } = require('${entry}');\nvoid (async () => {${story(platform.url)}})();`;
    const expected = `READY 1 2 3 ${entry.endsWith('node') ? 'function' : 'undefined'}\n`;
    expect(await runFile('story.mjs', esm)).toBe(expected);
    expect(await runFile('story.cjs', cjs)).toBe(expected);
  });

  test('documents for Apollo come with the hash that the allow-list knows', async () => {
    const text = `
      import { DeploymentDocument } from '@apployd/sdk/documents';
      import { readFileSync } from 'node:fs';
      const allowed = JSON.parse(readFileSync(new URL(import.meta.resolve('@apployd/sdk/persisted-documents.json'))));
      console.log(DeploymentDocument.kind, allowed[DeploymentDocument.__meta__.hash].slice(0, 17));
    `;
    expect(await runFile('documents.mjs', text)).toBe('Document query Deployment(\n');
  });

  test(
    'types hold under NodeNext for ESM and CommonJS, and so do the samples of the README',
    async () => {
      const types = `
        import { Apployd, DomainError, type Deployment } from '@apployd/sdk';
        import { Apployd as NodeApployd } from '@apployd/sdk/node';
        import { ProjectDocument } from '@apployd/sdk/documents';
        export const ready = (deployment: Deployment): boolean => deployment.status === 'READY';
        export const later: Deployment['status'] = 'A_STATUS_OF_TOMORROW';
        export async function use(apployd: Apployd): Promise<string> {
          const result = await apployd.try.projects.create({ organizationId: 'org_1', name: 'Shop' });
          // @ts-expect-error an input that is not there
          await apployd.projects.create({ organizationId: 'org_1', title: 'Shop' });
          return result.__typename === 'ProjectCreatePayload' ? result.project.slug : result.message;
        }
        export const names = [NodeApployd.name, DomainError.name, ProjectDocument.kind];
      `;
      await mkdir(path.join(folder, 'types'), { recursive: true });
      await writeFile(path.join(folder, 'types/esm.mts'), types);
      await writeFile(path.join(folder, 'types/cjs.cts'), types);
      await writeFile(path.join(folder, 'types/readme.mts'), readmeSample(platform.url));
      const compilerOptions = {
        module: 'NodeNext',
        target: 'ES2022',
        lib: ['ES2022', 'DOM', 'DOM.AsyncIterable'],
        types: [],
        strict: true,
        noEmit: true,
        skipLibCheck: false,
      };
      await writeFile(path.join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['types'] }));
      const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
      const { stdout } = await run(process.execPath, [tsc, '-p', folder]).catch(
        (error: unknown) => error as { stdout: string },
      );
      expect(stdout).toBe('');
    },
    slow,
  );

  test('bundles for the browser, without a module of Node, in 25 KB', async () => {
    const { outputFiles } = await build({
      stdin: { contents: `export * from '@apployd/sdk'`, resolveDir: folder },
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'browser',
      write: false,
    });
    const [bundle] = outputFiles;
    expect(gzipSync(bundle?.contents ?? '', { level: 9 }).length).toBeLessThan(25 * 1024);
    expect(bundle?.text).not.toMatch(/process\.env|\bBuffer\b|node:/);
  });

  test(
    'is clean for publint and for are-the-types-wrong',
    () => run('npm', ['run', '--silent', 'check'], { cwd: room }),
    slow,
  );

  test('holds what it says it holds, and no tests', async () => {
    const manifest = JSON.parse(
      await readFile(path.join(folder, 'node_modules/@apployd/sdk/package.json'), 'utf8'),
    ) as {
      version: string;
      dependencies: object;
    };
    expect(manifest.version).toBe(version);
    expect(Object.keys(manifest.dependencies)).toEqual(['graphql-ws']);
    const files = await readdir(path.join(folder, 'node_modules/@apployd/sdk'), { recursive: true });
    expect(files).toEqual(
      expect.arrayContaining(['README.md', 'THIRD-PARTY.md', 'index.ts', 'dist/index.js', 'dist/index.cjs']),
    );
    expect(files.filter((file) => /\.test\.ts$|conformance|^testing|tsconfig|^\./.test(file))).toEqual([]);
  });
});
