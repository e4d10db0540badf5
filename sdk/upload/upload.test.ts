import { createHash } from 'node:crypto';
import { chmod, link, mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { type ParsedTarEntryWithData, unpackTar } from 'modern-tar';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RequestError } from '../error/apployd-error.js';
import { Apployd } from '../node.js';
import { happyWorld } from '../testing/make.js';
import { type Interception, type MockPlatform, mockPlatform } from '../testing/mock-platform.js';
import { packFolder } from './pack-folder.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'apployd-sdk-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const put = async (files: Record<string, string>) => {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
  }
};

async function packed(ignore?: readonly string[]): Promise<{ sha256: string; entries: ParsedTarEntryWithData[] }> {
  const archive = await packFolder(folder, ignore);
  try {
    const bytes = Buffer.concat(await Readable.from(archive.open()).toArray());
    expect(archive).toMatchObject({
      sizeBytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    });
    return { sha256: archive.sha256, entries: await unpackTar(gunzipSync(bytes)) };
  } finally {
    await archive.remove();
  }
}

const namesOf = ({ entries }: { entries: readonly ParsedTarEntryWithData[] }) =>
  entries.filter(({ header }) => header.type !== 'directory').map(({ header }) => header.name);

describe('packing a folder', () => {
  test('takes files with their content, and leaves out .git and node_modules at any depth', async () => {
    await put({ 'a/index.js': 'hello', 'a/node_modules/x/y.js': '', '.git/HEAD': '', 'empty.txt': '' });
    const archive = await packed();
    expect(namesOf(archive)).toEqual(['a/index.js', 'empty.txt']);
    const file = archive.entries.find(({ header }) => header.name === 'a/index.js');
    expect(Buffer.from(file?.data ?? []).toString()).toBe('hello');
  });

  test('respects .gitignore files where they are, the inner one first, and negation', async () => {
    await put({
      '.gitignore': '*.log\n/build\n',
      'x.log': '',
      'build/x': '',
      'src/build/x': '',
      'src/.gitignore': '!keep.log\n',
    });
    await put({ 'src/keep.log': '', 'src/drop.log': '' });
    expect(namesOf(await packed())).toEqual(['.gitignore', 'src/.gitignore', 'src/build/x', 'src/keep.log']);
  });

  test('reads .dockerignore from the root of the folder, as Docker does', async () => {
    await put({
      '.dockerignore': 'docs\n**/*.md\n!README.md\n',
      'docs/a': '',
      'src/docs/a': '',
      'README.md': '',
      'src/b.md': '',
    });
    expect(namesOf(await packed())).toEqual(['.dockerignore', 'README.md', 'src/docs/a']);
  });

  test('leaves out what the caller names', async () => {
    await put({ 'a.ts': '', 'a.test.ts': '' });
    expect(namesOf(await packed(['*.test.ts']))).toEqual(['a.ts']);
  });

  test('keeps the executable bit and links within the folder; hard links become files', async () => {
    await put({ 'bin/run': '#!', 'bin/data': 'x' });
    await chmod(path.join(folder, 'bin/run'), 0o755);
    await symlink('run', path.join(folder, 'bin/alias'));
    await link(path.join(folder, 'bin/data'), path.join(folder, 'bin/same'));
    const headers = (await packed()).entries.map(({ header }) => header).filter(({ type }) => type !== 'directory');
    expect(headers.map(({ name, type, mode, linkname }) => [name, type, mode, linkname || null])).toEqual([
      ['bin/alias', 'symlink', 0o755, 'run'],
      ['bin/data', 'file', 0o644, null],
      ['bin/run', 'file', 0o755, null],
      ['bin/same', 'file', 0o644, null],
    ]);
  });

  test('the same files give the same bytes, whenever and by whomever they were written', async () => {
    await put({ 'b.txt': 'b', 'a.txt': 'a' });
    const before = await packed();
    await utimes(path.join(folder, 'a.txt'), new Date(0), new Date(1_000_000));
    expect((await packed()).sha256).toBe(before.sha256);
  });

  test('paths beyond the old limit of tar arrive whole', async () => {
    const name = `${'d'.repeat(120)}/${'é'.repeat(100)}.txt`;
    await put({ [name]: 'x' });
    expect(namesOf(await packed())).toEqual([name]);
  });

  test('a link that leads out, and an empty folder, are refused with a sentence', async () => {
    await expect(packFolder(folder)).rejects.toThrow('There is nothing to deploy');
    await symlink('/etc/hostname', path.join(folder, 'out'));
    await expect(packFolder(folder)).rejects.toThrow('The link out leads out of the folder');
  });
});

describe('deploying a folder', () => {
  let platform: MockPlatform;
  afterEach(() => platform.close());
  const where = { projectId: 'prj_1', environmentId: 'env_1' };

  /** The place for uploads beside GraphQL; the first `failing` of them are cut. */
  const uploads = (status: number, failing = 0): Interception => {
    let left = failing;
    return ({ path: place, method }, response) => {
      if (method !== 'PUT' || place !== '/uploads/upl_1') return false;
      if (left-- > 0) response.destroy();
      else response.writeHead(status).end(status < 300 ? '' : 'This is not the announced archive.');
      return true;
    };
  };

  test('announces the archive, puts its bytes with the token, and starts the deployment of the upload', async () => {
    await put({ 'index.html': '<h1>Hello</h1>' });
    platform = await mockPlatform(happyWorld(), uploads(204));
    const apployd = new Apployd({ url: platform.url, token: 'tok_1' });
    const progress: number[] = [];
    const onProgress = (sent: number, total: number) => progress.push(sent / total);
    const deployment = await apployd.deployments.fromFolder(folder, { ...where, onProgress });
    expect(deployment.id).toBe('dpl_1');
    const [announced, sent, created] = platform.requests;
    const digest = createHash('sha256')
      .update(sent?.bytes ?? '')
      .digest('hex');
    expect(announced?.body.variables).toMatchObject({
      input: { projectId: 'prj_1', sha256: digest, sizeBytes: sent?.bytes.length },
    });
    expect(sent?.headers).toMatchObject({
      authorization: 'Bearer tok_1',
      'content-length': String(sent?.bytes.length),
    });
    expect(created?.body.variables).toMatchObject({ input: { environmentId: 'env_1', source: { uploadId: 'upl_1' } } });
    expect(progress.at(-1)).toBe(1);
  });

  test('sends no bytes when they are there already', async () => {
    await put({ 'index.html': '' });
    const world = happyWorld();
    const sourceUploadCreate = () => ({ ...world.Mutation.sourceUploadCreate(), stored: true });
    platform = await mockPlatform({ ...world, Mutation: { ...world.Mutation, sourceUploadCreate } });
    await new Apployd({ url: platform.url }).deployments.fromFolder(folder, where);
    expect(platform.requests.map(({ method }) => method)).toEqual(['POST', 'POST']);
  });

  test('puts the bytes again when the connection breaks', async () => {
    await put({ 'index.html': 'x' });
    platform = await mockPlatform(happyWorld(), uploads(204, 1));
    await new Apployd({ url: platform.url }).deployments.fromFolder(folder, where);
    expect(platform.requests.map(({ method }) => method)).toEqual(['POST', 'PUT', 'PUT', 'POST']);
  });

  test('a refused upload throws what the platform says, and nothing is deployed', async () => {
    await put({ 'index.html': 'x' });
    platform = await mockPlatform(happyWorld(), uploads(400));
    const deploying = new Apployd({ url: platform.url }).deployments.fromFolder(folder, where);
    await expect(deploying).rejects.toThrow(
      new RequestError('This is not the announced archive.', {
        code: 'BAD_REQUEST',
        status: 400,
        requestId: null,
        retryAfterMs: null,
      }),
    );
    expect(platform.requests.map(({ method }) => method)).toEqual(['POST', 'PUT']);
  });
});
