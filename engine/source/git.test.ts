import { mkdtemp, readdir, readFile, realpath, rm, symlink } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { freePort } from '@apployd/backplane/testing/free-port';
import { systemClock, type Clock } from '@apployd/core/clock';
import type { DeploymentFailure } from '@apployd/core/failure';
import { canary } from '@apployd/core/testing/canary';
import { hostileTexts } from '@apployd/core/testing/hostile-texts';
import { gitSource, type GitSourceOptions } from './git.js';
import { recordingLog } from './recording-log.js';
import { scratchRepository } from '../testing/scratch-repository.js';
import { sourceConformance } from './source.conformance.js';

const root = await realpath(await mkdtemp(join(tmpdir(), 'apployd-git-')));
const home = join(root, 'home');
const localRoot = join(root, 'repositories');
const none = new AbortController().signal;

/** Nobody waits for another try. */
const clock: Clock = { ...systemClock, sleep: async (_, signal) => signal?.throwIfAborted() };
const source = (options: Partial<GitSourceOptions> = {}) =>
  gitSource({
    access: { localRoot },
    clock,
    deadlineMs: 20_000,
    maxBytes: 50_000_000,
    home,
    environment: {},
    ...options,
  });
const at = (repositoryUrl: string, ref: string | null = null) =>
  ({ kind: 'git', repositoryUrl, ref, rootDirectory: null }) as const;

let count = 0;
const repository = () => scratchRepository(localRoot, `r${(count += 1)}`);

afterAll(() => rm(root, { recursive: true, force: true }));

sourceConformance('git', {
  source: (limits) => source(limits),
  publish: async (files) => {
    const { commit, url } = await repository();
    await commit(files);
    return at(url);
  },
  missing: () => at(`file://${localRoot}/none`),
});

describe('git', () => {
  let into: string;
  beforeEach(async () => {
    into = await mkdtemp(join(root, 'into-'));
  });
  const fetch = (
    url: string,
    ref: string | null = null,
    options: Partial<GitSourceOptions> = {},
    log = recordingLog(),
  ) => source(options).fetch(at(url, ref), into, log, none);
  const failure = (promise: Promise<unknown>) =>
    promise.then(
      () => expect.unreachable('it was fetched'),
      (error: DeploymentFailure) => error,
    );
  const read = (name: string) => readFile(join(into, name), 'utf8');

  test('the default branch, a branch, a tag, and a commit in full or in short are found', async () => {
    const { commit, git, url } = await repository();
    const first = await commit({ v: '1' }, 'First\n\nwith a body');
    await git('tag', 'v1');
    await git('tag', '-a', 'v1-annotated', '-m', 'annotated');
    await commit({ v: '2' });
    await git('checkout', '-q', '-b', 'feature/a');
    const third = await commit({ v: '3' });
    await git('checkout', '-q', 'main');
    const wanted: [string | null, string][] = [
      [null, '2'],
      ['main', '2'],
      ['refs/heads/main', '2'],
      ['feature/a', '3'],
      ['v1', '1'],
      ['v1-annotated', '1'],
      [first, '1'],
      [third, '3'],
      [first.slice(0, 8), '1'],
    ];
    for (const [ref, content] of wanted) {
      const tree = await fetch(url, ref);
      expect([ref, await read('v')]).toEqual([ref, content]);
      expect(await readdir(into)).toEqual(['v']);
      if (content === '1') {
        expect(tree.commit).toEqual({ sha: first, message: 'First\n\nwith a body', author: 'Ada' });
      }
      await rm(join(into, 'v'));
    }
  });

  test('a branch that looks like a commit is a branch', async () => {
    const { commit, git, url } = await repository();
    await git('checkout', '-q', '-b', 'deadbeef');
    await commit({ v: 'branch' });
    await fetch(url, 'deadbeef');
    expect(await read('v')).toBe('branch');
  });

  test.each(['gone', 'deadbeef', 'deadbeefdeadbeefdeadbeefdeadbeefdeadbeef'])(
    'the unknown ref %s is SOURCE_REF_NOT_FOUND and the branches are named',
    async (ref) => {
      const { commit, url } = await repository();
      await commit({ a: 'a' });
      const error = await failure(fetch(url, ref));
      expect(error).toMatchObject({ code: 'SOURCE_REF_NOT_FOUND', stage: 'FETCH' });
      expect(error.message).toContain('It has the branches main.');
      expect(await readdir(into)).toEqual([]);
    },
  );

  test('a repository without commits is SOURCE_REF_NOT_FOUND', async () => {
    const { url } = await repository();
    expect(await failure(fetch(url))).toMatchObject({ code: 'SOURCE_REF_NOT_FOUND' });
  });

  const payloads = hostileTexts(canary('git'));
  test.each([
    ...payloads,
    'ext::sh -c id',
    'file:///etc',
    'git://169.254.169.254/x',
    'ssh://-oProxyCommand=id/x',
    'ssh://git@host/-x',
    'http://example.com/x',
    'https://user:secret@example.com/x',
    `file://${localRoot}/../home`,
  ])('the URL %j is refused before any program runs', async (url) => {
    const error = await failure(fetch(url, null, { environment: { PATH: '/nowhere' } }));
    expect(error).toMatchObject({ code: 'SOURCE_INVALID', stage: 'FETCH' });
    expect(error.message).not.toContain('secret');
  });

  test.each([...payloads, '-x', 'a..b', 'HEAD@{1}', 'a.lock', '.a', 'a/'])(
    'the ref %j is refused before any program runs',
    async (ref) => {
      const refused = fetch('https://git.test/x', ref, { environment: { PATH: '/nowhere' } });
      expect(await failure(refused)).toMatchObject({ code: 'SOURCE_INVALID' });
    },
  );

  test('a link below the local root does not lead to a repository elsewhere', async () => {
    const { folder, commit } = await scratchRepository(root, 'elsewhere');
    await commit({ a: 'a' });
    await repository();
    await symlink(folder, join(localRoot, 'link'));
    expect(await failure(fetch(`file://${localRoot}/link`))).toMatchObject({ code: 'SOURCE_INVALID' });
  });

  test('local repositories and loopback are refused where the operator named no folder for them', async () => {
    const access = { localRoot: null };
    const { url } = await repository();
    for (const refused of [url, 'http://127.0.0.1/x', 'https://localhost/x', 'ssh://git@127.0.0.1/x']) {
      expect(await failure(fetch(refused, null, { access }))).toMatchObject({ code: 'SOURCE_INVALID' });
    }
  });

  test('submodules and LFS pointers are left alone, and the log says so', async () => {
    const { commit, url } = await repository();
    await commit({
      '.gitmodules': '[submodule "x"]\n\tpath = x\n\turl = ext::sh -c id\n',
      '.gitattributes': '*.bin filter=lfs\n',
    });
    const log = recordingLog();
    await fetch(url, null, {}, log);
    expect(log.lines).toMatchObject([{ message: /Submodules/, source: 'PLATFORM' }, { message: /LFS/ }]);
  });

  test('too many files are SOURCE_TOO_LARGE', async () => {
    const { commit, url } = await repository();
    await commit(Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`f${i}`, 'x'])));
    expect(await failure(fetch(url, null, { maxFiles: 20 }))).toMatchObject({ code: 'SOURCE_TOO_LARGE' });
    expect(await readdir(into)).toEqual([]);
  });

  test('a host that nobody knows is tried three times, and then SOURCE_UNAVAILABLE, which need not be your fault', async () => {
    const log = recordingLog();
    const error = await failure(fetch('https://git.invalid/acme/shop', null, {}, log));
    expect(error).toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    expect(error.message).toMatch(/https:\/\/git\.invalid\/acme\/shop cannot be fetched\. .*check the URL/);
    expect(error.message).toContain("this platform's network");
    expect(log.lines).toMatchObject([
      { message: /Could not resolve host.* Trying again in .* s \(2 of 3\)\./, source: 'PLATFORM' },
      { message: /\(3 of 3\)/ },
    ]);
  });

  test('a user name in the URL, which may be a token, is refused and is in no message', async () => {
    const error = await failure(fetch('https://ghp_canary@git.invalid/acme/shop'));
    expect(error).toMatchObject({ code: 'SOURCE_INVALID' });
    expect(error.message).not.toContain('ghp_canary');
  });

  test('an ssh host that refuses the connection is SOURCE_UNAVAILABLE', async () => {
    const error = await failure(fetch(`ssh://git@127.0.0.1:${await freePort()}/acme/shop`));
    expect(error).toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
  });

  describe('over http', () => {
    let server: Server;
    let base: string;
    beforeAll(async () => {
      server = await gitServer(localRoot);
      base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    afterAll(() => {
      server.closeAllConnections();
      server.close();
    });

    test('a commit is found though the server gives whole branches only', async () => {
      const { commit, folder } = await repository();
      const first = await commit({ v: '1' });
      await commit({ v: '2' });
      await fetch(`${base}/old${folder.slice(localRoot.length)}`, first);
      expect(await read('v')).toBe('1');
    });

    test('a repository that asks for credentials is SOURCE_UNAVAILABLE', async () => {
      const log = recordingLog();
      const error = await failure(fetch(`${base}/private/r1`, null, {}, log));
      expect(log.lines).toEqual([]);
      expect(error).toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
      expect(error.message).toContain('read access');
    });

    test.each([null, 'sha'])(
      'a connection that breaks twice is tried again, and what was asked for is there: %j',
      async (by) => {
        const { commit, folder } = await repository();
        const sha = await commit({ v: '1' });
        breaking = 2;
        const log = recordingLog();
        await fetch(`${base}/breaking${folder.slice(localRoot.length)}`, by && sha, {}, log);
        expect(await read('v')).toBe('1');
        expect(await readdir(into)).toEqual(['v']);
        expect(log.lines).toHaveLength(2);
      },
    );

    test('who cancels while it waits for another try need not wait for that', async () => {
      const controller = new AbortController();
      const waits: Clock = {
        ...systemClock,
        sleep: (_, signal) => (controller.abort(new Error('cancelled')), systemClock.sleep(60_000, signal)),
      };
      breaking = 1;
      const fetching = source({ clock: waits }).fetch(
        at(`${base}/breaking/r1`),
        into,
        recordingLog(),
        controller.signal,
      );
      await expect(fetching).rejects.toThrow('cancelled');
      breaking = 0;
    });

    test('all tries together have one deadline', async () => {
      const waits: Clock = { ...systemClock, sleep: (_, signal) => systemClock.sleep(60_000, signal) };
      breaking = 1;
      const fetching = fetch(`${base}/breaking/r1`, null, { clock: waits, deadlineMs: 2_000 });
      expect(await failure(fetching)).toMatchObject({ code: 'SOURCE_TIMEOUT' });
      breaking = 0;
    });

    test('a server that never answers is SOURCE_TIMEOUT', async () => {
      expect(await failure(fetch(`${base}/hang/r1`, null, { deadlineMs: 500 }))).toMatchObject({
        code: 'SOURCE_TIMEOUT',
      });
      expect(await readdir(into)).toEqual([]);
    });

    test('a fetch that is cancelled rejects with the reason and ends its processes', async () => {
      const controller = new AbortController();
      const connection = new Promise<void>((resolve) =>
        server.once('hanging', (closed: Promise<void>) => {
          controller.abort(new Error('cancelled'));
          void closed.then(resolve);
        }),
      );
      await expect(source().fetch(at(`${base}/hang/r1`), into, recordingLog(), controller.signal)).rejects.toThrow(
        'cancelled',
      );
      await connection;
    });
  });
});

/** How many more requests to `/breaking/…` have their connection reset. */
let breaking = 0;

/** git over http: `/old/…` as an old server that gives whole branches only, `/private/…` closed, `/hang/…` silent, `/breaking/…` at times. */
async function gitServer(projects: string): Promise<Server> {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x');
    if (pathname.startsWith('/hang/')) {
      server.emit('hanging', new Promise<void>((resolve) => request.socket.once('close', () => resolve())));
      return;
    }
    if (pathname.startsWith('/breaking/') && breaking > 0) {
      breaking -= 1;
      request.socket.resetAndDestroy();
      return;
    }
    if (pathname.startsWith('/private/')) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
      return;
    }
    const backend = spawn('git', ['http-backend'], {
      env: {
        PATH: '/usr/local/bin:/usr/bin:/bin',
        HOME: home,
        GIT_CONFIG_GLOBAL: join(home, 'gitconfig'),
        GIT_PROJECT_ROOT: projects,
        GIT_HTTP_EXPORT_ALL: '1',
        PATH_INFO: pathname.slice(pathname.indexOf('/', 1)),
        QUERY_STRING: searchParams.toString(),
        REQUEST_METHOD: request.method,
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      },
    });
    request.pipe(backend.stdin);
    let answer = Buffer.alloc(0);
    backend.stdout.on('data', (chunk: Buffer) => (answer = Buffer.concat([answer, chunk])));
    backend.once('close', () => {
      const end = answer.indexOf('\r\n\r\n');
      const headers = answer
        .subarray(0, end)
        .toString()
        .split('\r\n')
        .map((line) => line.split(': ') as [string, string]);
      const status = headers.find(([name]) => name === 'Status')?.[1];
      response.writeHead(
        status ? parseInt(status, 10) : 200,
        Object.fromEntries(headers.filter(([name]) => name !== 'Status')),
      );
      response.end(answer.subarray(end + 4));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
