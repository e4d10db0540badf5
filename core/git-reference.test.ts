import { describe, expect, test } from 'vitest';
import { canary } from './testing/canary.js';
import { hostileTexts } from './testing/hostile-texts.js';
import { gitRefProblem, repositoryUrlProblem, subFolderProblem } from './git-reference.js';

const closed = { localRoot: null };
const open = { localRoot: '/srv/git' };
const hostile = hostileTexts(canary('git-reference')).filter((text) => !text.includes('../'));

describe('repository URLs', () => {
  test.each([
    'https://github.com/acme/shop',
    'https://127.example.com/acme/shop.git',
    'https://localhost.example.com/acme/shop.git',
    'https://192.0.2.7/acme/shop.git',
    'ssh://[2001:db8::1]/acme/shop.git',
    'ssh://git@github.com/acme/shop',
    'ssh://git@example.com:2222/a/b.git',
  ])('%s is allowed', (url) => expect(repositoryUrlProblem(url, closed)).toBeNull());

  test.each([
    ...hostile,
    ...hostile
      .map((text) => `https://example.com/${text}`)
      .filter((url) => !url.includes('/-o') && !url.includes('../')),
    'ext::sh -c id',
    'file:///etc',
    'file:///srv/git/../../etc',
    'git://169.254.169.254/x',
    'http://example.com/x',
    'ssh://-oProxyCommand=id/x',
    'ssh://-x@example.com/x',
    'https://user:secret@example.com/x',
    'https://git@example.com/acme/shop.git',
    'https://ghp_token@github.com/acme/shop',
    'https://:secret@github.com/acme/shop',
    'ssh://git:secret@github.com/acme/shop',
    'ssh://127.0.0.1%2F@github.com/x',
    'ssh://x%40127.0.0.1/y',
    'ssh://github.com#@127.0.0.1/x',
    'ssh:///x',
    'https:127.0.0.1/x',
    'ssh:github.com/x',
    'git@github.com:acme/shop.git',
    '/srv/git/x',
    '',
  ])('%j is refused with a sentence', (url) => expect(repositoryUrlProblem(url, closed)).toMatch(/\.$/));

  const thisMachine = [
    '127.0.0.1',
    '127.8.8.8',
    '127.1',
    '0x7f.1',
    '0177.0.0.1',
    '2130706433',
    '%6cocalhost',
    'localhost',
    'localhost.',
    'LOCALHOST',
    'api.localhost',
    'api.LocalHost.',
    'ip6-localhost',
    '[::1]',
    '[0:0:0:0:0:0:0:1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::127.0.0.1]',
  ];
  describe.each(['https', 'ssh'])('over %s', (scheme) => {
    test.each(thisMachine)('the host %s is this machine', (host) => {
      expect(repositoryUrlProblem(`${scheme}://${host}/x`, closed)).toBe(
        'Repositories on this machine are not allowed here.',
      );
      expect(repositoryUrlProblem(`${scheme}://${host}/x`, open)).toBeNull();
    });

    test.each([
      '0.0.0.0',
      '0',
      '0.1.2.3',
      '169.254.169.254',
      '0xa9fea9fe',
      '[::]',
      '[::ffff:0.0.0.0]',
      '[::ffff:169.254.169.254]',
      '[fe80::1]',
      '[FEBF::1]',
    ])('the host %s is never allowed', (host) => {
      for (const access of [closed, open]) {
        expect(repositoryUrlProblem(`${scheme}://${host}/x`, access)).toBe(
          'The repository URL holds an address that no git host has.',
        );
      }
    });
  });

  test('credentials in a URL are refused with the way that works', () => {
    expect(repositoryUrlProblem('https://ghp_token@github.com/acme/shop', closed)).toMatch(
      /ssh:\/\/git@github\.com\/acme\/shop.*ENGINE_SSH_KEY_FILE\.$/,
    );
    expect(repositoryUrlProblem('http://token@127.0.0.1:3000/shop.git', open)).toMatch(/ENGINE_SSH_KEY_FILE\.$/);
  });

  test('files and loopback are allowed below the root that the operator named, and nowhere else', () => {
    expect(repositoryUrlProblem('file:///srv/git/shop.git', open)).toBeNull();
    expect(repositoryUrlProblem('http://127.0.0.1:3000/shop.git', open)).toBeNull();
    for (const url of [
      'file:///srv/gitx/shop',
      'file:///etc/passwd',
      'file:///srv/git/%2e%2e/x',
      'file:///srv/git/%zz',
      'file:///srv/git/a%2Fb',
      'file:///srv/git/a%00b',
      'file:/srv/git/x',
      'file://host/srv/git/x',
      'http://example.com/x',
    ]) {
      expect(repositoryUrlProblem(url, open)).toMatch(/\.$/);
    }
  });
});

describe('branches, tags and commits', () => {
  test.each(['main', 'v1.2.3', 'feature/login', 'a'.repeat(40), 'release-2026.11', 'fix_#12', 'user@host'])(
    '%s is allowed',
    (ref) => expect(gitRefProblem(ref)).toBeNull(),
  );
  test.each([
    ...hostile,
    '',
    '..',
    'a..b',
    'HEAD@{1}',
    'a//b',
    '/a',
    'a/',
    'a.lock',
    '.hidden',
    'a/.b',
    '-x',
    'a b',
    'a~1',
    'a^',
    'a:b',
    'a?b',
    'a*',
  ])('%j is refused', (ref) => expect(gitRefProblem(ref)).toMatch(/\.$/));
});

describe('folders', () => {
  test.each(['apps/web', 'a', 'packages/@scope/app'])('%s is allowed', (folder) =>
    expect(subFolderProblem(folder)).toBeNull(),
  );
  test.each(['/etc', '..', 'a/../../b', 'a/..', 'a\\b', 'a\nb', 'x'.repeat(600)])('%j is refused', (folder) =>
    expect(subFolderProblem(folder)).toMatch(/\.$/),
  );
});
