import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { ConfigError, parseConfig } from './parse-config.js';
import { sharedSettings } from './shared.js';

const random = () => randomBytes(32).toString('hex');
const right = { DATABASE_URL: 'postgresql://me:hunter22@localhost/apployd', APPLOYD_SECRET: random() };

test('what is not set has its default, and an empty variable counts as not set', () => {
  const config = parseConfig(sharedSettings, { ...right, REDIS_URL: '', LOG_LEVEL: '' });
  expect(config).toMatchObject({ ...right, LOG_LEVEL: 'info', APPLOYD_BASE_DOMAIN: 'localhost' });
  expect(config.REDIS_URL).toBeUndefined();
});

test('every variable that is wrong is named with what to do, without its value', () => {
  const settings = z.object({
    ...sharedSettings.shape,
    SERVER_PORT: z.coerce.number().int().max(65_535),
    NAME: z.string(),
  });
  const message = complaint(settings, {
    DATABASE_URL: 'mysql://me:hunter22@db/x',
    APPLOYD_SECRET: 'tooshort',
    LOG_LEVEL: 'loud',
    SERVER_PORT: '70000',
  });
  expect(message).toMatch(/DATABASE_URL is to be the address of a PostgreSQL database/);
  expect(message).toMatch(/APPLOYD_SECRET is to be at least 32 random characters/);
  expect(message).toMatch(/LOG_LEVEL is not right: .*"info"/);
  expect(message).toMatch(/SERVER_PORT is not right/);
  expect(message).toMatch(/NAME is missing: set it/);
  expect(message).not.toMatch(/hunter22|tooshort|loud|70000/);
  expect(message.split('\n')).toHaveLength(6);
});

test('each of several secrets needs its length', () => {
  const secrets = (APPLOYD_SECRET: string) => parseConfig(sharedSettings, { ...right, APPLOYD_SECRET });
  expect(secrets(`${random()},${random()}`).APPLOYD_SECRET).toHaveLength(129);
  expect(() => secrets(`${random()},short`)).toThrow(ConfigError);
  expect(complaint(sharedSettings, {})).toMatch(/APPLOYD_SECRET is missing: it is to be at least 32/);
});

test('a secret that everybody could guess is refused in one line, an older one too', () => {
  for (const APPLOYD_SECRET of ['x'.repeat(40), `${random()}, change-me-before-going-live-please`]) {
    const message = complaint(sharedSettings, { ...right, APPLOYD_SECRET });
    expect(message).toMatch(
      /APPLOYD_SECRET is to be random, such as `openssl rand -hex 32` prints: what is set (holds|is)/,
    );
    expect(message).not.toMatch(/xxxx|before-going/);
    expect(message.split('\n')).toHaveLength(2);
  }
});

function complaint(settings: z.ZodType, environment: Record<string, string>): string {
  try {
    parseConfig(settings, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
  }
  throw new Error('Nothing was wrong.');
}
