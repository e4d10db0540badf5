import { expect, test } from 'vitest';
import { createLogger } from './logger.js';

function logged(format: 'json' | 'pretty', write: (log: ReturnType<typeof createLogger>) => void): string {
  let text = '';
  write(createLogger({ name: 'engine', level: 'info', format, write: (line) => (text += line) }));
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

test('secrets are not written, in either format', () => {
  for (const format of ['json', 'pretty'] as const) {
    const text = logged(format, (log) => {
      log.info({ token: 'hunter22', request: { headers: { authorization: 'hunter22' } } }, 'Asked.');
      log.info({ config: { APPLOYD_SECRET: 'hunter22', variables: { A: 'hunter22' } }, password: 'hunter22' });
    });
    expect(text).not.toContain('hunter22');
    expect(text).toContain('[secret]');
  }
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
