import fc from 'fast-check';
import { expect, test } from 'vitest';
import { projectSettings, sleepsAfterMinutes } from './settings.js';

const minutes = fc.integer({ min: 1, max: 10_080 });

test('a project sleeps when it was chosen to, and at the latest when its plan has it', () => {
  fc.assert(
    fc.property(minutes, minutes, (chosen, ofPlan) => {
      expect(sleepsAfterMinutes(chosen, ofPlan)).toBe(chosen < ofPlan ? chosen : ofPlan);
      expect(sleepsAfterMinutes(null, ofPlan)).toBe(ofPlan);
      expect(sleepsAfterMinutes(chosen, null)).toBe(chosen);
    }),
  );
  expect(sleepsAfterMinutes(null, null)).toBeNull();
});

test('settings that were kept before a setting was added are read with its default', () => {
  const old = {
    rootDirectory: null,
    dockerfilePath: null,
    port: 8080,
    healthCheckPath: '/up',
    healthCheckTimeoutMs: 9_000,
  };
  expect(projectSettings.parse({ ...old, autoSleepMinutes: null })).toMatchObject({
    ...old,
    healthCheckKind: 'HTTP',
    healthCheckCommand: null,
    healthCheckIntervalMs: 10_000,
    healthCheckAnswerMs: 5_000,
    healthCheckRetries: 3,
  });
});

test.each([
  ['no program', []],
  ['an empty program', [' ', 'x']],
  ['a NUL character', ['check', 'a\0b']],
  ['an argument that is too long', ['check', 'x'.repeat(4_097)]],
  ['too many arguments', Array.from({ length: 101 }, () => 'x')],
])('a command with %s is refused with a sentence', (_, healthCheckCommand) => {
  const { error } = projectSettings.safeParse({ healthCheckKind: 'COMMAND', healthCheckCommand });
  expect(error?.issues).toMatchObject([
    { path: ['healthCheckCommand'], message: expect.stringMatching(/^The health check command is a program .*\.$/) },
  ]);
});

test('whatever else an argument holds is taken as it is', () => {
  const argument = fc.string({ minLength: 1, maxLength: 100, unit: 'binary' }).filter((text) => !text.includes('\0'));
  fc.assert(
    fc.property(fc.array(argument, { maxLength: 20 }), (rest) => {
      const command = ['check', ...rest];
      expect(projectSettings.parse({ healthCheckCommand: command }).healthCheckCommand).toEqual(command);
    }),
  );
});

test('a command check without a command is refused', () => {
  const { error } = projectSettings.safeParse({ healthCheckKind: 'COMMAND' });
  expect(error?.issues).toMatchObject([{ path: ['healthCheckCommand'] }]);
});

const commandLines = ['buildCommand', 'startCommand'] as const;

test.each(commandLines)('%s is one line for a shell, taken as it is; an empty one is none', (name) => {
  const line = `cd apps/web && npm run build -- --title "a 'b' $(id) \\" # é`;
  expect(projectSettings.parse({ [name]: ` ${line} ` })[name]).toBe(line);
  expect(projectSettings.parse({ [name]: 'x'.repeat(4_096) })[name]).toHaveLength(4_096);
  for (const none of [null, undefined, '', '  ']) expect(projectSettings.parse({ [name]: none })[name]).toBeNull();
});

test.each(
  commandLines.flatMap((name) => [
    [name, 'a NUL character', 'a\0b'],
    [name, 'a line break', 'a\nb'],
    [name, 'a carriage return', 'a\rb'],
    [name, 'an escape', 'a\u001b[31mb'],
    [name, 'more characters than it may', 'x'.repeat(4_097)],
  ]),
)('a %s with %s is refused with a sentence', (name, _, line) => {
  const { error } = projectSettings.safeParse({ [name]: line });
  expect(error?.issues).toMatchObject([{ path: [name], message: expect.stringMatching(/ command is one line .*\.$/) }]);
});

test('a project is started or served, not both', () => {
  const { error } = projectSettings.safeParse({ startCommand: 'node a.js', outputDirectory: 'dist' });
  expect(error?.issues).toMatchObject([{ path: ['outputDirectory'], message: expect.stringContaining('clear one') }]);
  expect(projectSettings.parse({ startCommand: 'node a.js', outputDirectory: '' }).outputDirectory).toBeNull();
});
