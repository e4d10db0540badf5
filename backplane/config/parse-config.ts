import type { z } from 'zod';

/** Every variable that is wrong, a line each. Values are not told: they may be secret. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The settings in the environment. An empty variable counts as absent. Throws ConfigError with a line for each that is wrong. */
export function parseConfig<Settings extends z.ZodType>(
  settings: Settings,
  environment: Environment,
): z.output<Settings> {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = settings.safeParse(given);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => `  ${complaint(issue, given)}`);
  throw new ConfigError(`The configuration is not right:\n${[...new Set(lines)].join('\n')}`);
}

function complaint(issue: z.core.$ZodIssue, given: Environment): string {
  const name = issue.path.join('.');
  const what = issue.message.charAt(0).toLowerCase() + issue.message.slice(1);
  if (
    issue.code === 'invalid_type' &&
    given[name] !== undefined &&
    /^(number|int)$/.test(issue.expected) &&
    !what.startsWith('is to be')
  )
    return `${name} is to be a number.`;
  if (given[name] === undefined) return `${name} is missing: ${what.startsWith('is to be') ? `it ${what}` : 'set it'}.`;
  return what.startsWith('is to be') ? `${name} ${what}.` : `${name} is not right: ${what}.`;
}
