import { expect, test } from 'vitest';
import { createLogger } from './logger.js';
import { secretsInUse } from './secrets-in-use.js';

function logged(
  format: 'json' | 'pretty',
  write: (log: ReturnType<typeof createLogger>) => void,
  secrets = secretsInUse(),
): string {
  let text = '';
  write(createLogger({ name: 'engine', level: 'info', format, secrets, write: (line) => (text += line) }));
  return text;
}

test('an entry is one JSON object with its time, process and fields', () => {
  const entry = JSON.parse(logged('json', (log) => log.info({ deploymentId: 'dpl_1' }, 'Started.'))) as object;
  expect(entry).toMatchObject({
    level: 30,
    name: 'engine',
    msg: 'Started.',
    deploymentId: 'dpl_1',
    time: expect.stringMatching(/Z$/) as string,
  });
});

const formats = ['json', 'pretty'] as const;

test.each(formats)('what is secret by its name is not written, however deep (%s)', (format) => {
  const text = logged(format, (log) => {
    log.info({ token: 'hunter22', request: { headers: { authorization: 'hunter22', 'set-cookie': ['hunter22'] } } });
    log.info({ config: { APPLOYD_SECRET: 'hunter22', variables: { A: 'hunter22' } }, newPassword: 'hunter22' });
    log.info({ a: { b: { c: { d: { DATABASE_URL: 'hunter22', apiKey: 'hunter22' } } } } });
    log.error({ err: Object.assign(new Error('no'), { request: { options: { cookie: 'hunter22' } } }) });
    log.info({ sealedValue: Buffer.from('hunter22') });
  });
  expect(text).not.toMatch(/hunter22|104,117|aHVudGVyMjI/);
  expect(text).toContain('[secret]');
});

test('ids and counts of secret things are written', () => {
  const text = logged('json', (log) => log.info({ tokenId: 'one', tokenCount: 2, hasPassword: true, token: null }));
  expect(JSON.parse(text)).toMatchObject({ tokenId: 'one', tokenCount: 2, hasPassword: true, token: null });
});

test.each(formats)('values that are in use are not written, wherever they stand (%s)', (format) => {
  const awkward = 'a"b\\c\nd';
  const secrets = secretsInUse(['own-value-1']);
  const release = secrets.hold(['hunter22', awkward, '":"']);
  const tell = (log: ReturnType<typeof createLogger>) => {
    log.info(
      { field: `x hunter22 y`, hunter22: 1, list: [{ deep: `<${awkward}>` }] },
      'It is hunter22, or own-value-1.',
    );
    log.error({ err: new Error('broken', { cause: new Error(`at hunter22 ${awkward}`) }) });
    log.info({ url: `https://x.test/?a=${encodeURIComponent(awkward)}` });
  };
  const text = logged(format, tell, secrets);
  expect(text).not.toMatch(/hunter22|own-value-1|b\\+c|b%5Cc/);
  release();
  expect(logged(format, tell, secrets)).toMatch(/hunter22/);
  expect(logged(format, tell, secrets)).not.toMatch(/own-value-1/);
});

test('passwords in addresses are not written', () => {
  const text = logged('json', (log) => log.error({ err: new Error('at postgresql://me:hunter22@db/x') }, 'no'));
  expect(text).not.toContain('hunter22');
  expect(text).toContain('postgresql://me:********@db/x');
});

test('for people an entry is one line, an error with where it came from', () => {
  const text = logged('pretty', (log) => {
    log.warn({ job: 'deploy', count: 2 }, 'Slow.');
    log.error({ err: new Error('broken') }, 'Failed.');
    log.debug('Not at this level.');
  });
  const [first, second, third] = text.split('\n');
  expect(first).toMatch(/^\d\d:\d\d:\d\d\.\d{3} WARN {2}\[engine\] Slow\. job=deploy count=2$/);
  expect(second).toMatch(/ERROR \[engine\] Failed\.$/);
  expect(third).toMatch(/^ {4}Error: broken$/);
  expect(text).not.toContain('Not at this level');
});
