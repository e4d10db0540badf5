/** Ends the process after printing its parsed configuration, when it was started with `--print-config`. */
export function printConfigIfAsked(config: object, argv: readonly string[] = process.argv): void {
  if (!argv.includes('--print-config')) return;
  process.stdout.write(`${JSON.stringify(maskSecrets(config), null, 2)}\n`);
  process.exit(0);
}

const mask = '********';
/** Names of settings that hold a secret as a whole. */
export const secretName = /secret|password|token|(^|_|[a-z])key$/i;

/** The same configuration with every secret and every password inside a URL masked. */
export function maskSecrets(config: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(config).map(([name, value]) => [name, maskValue(name, value)]));
}

/** Passwords between `:` and the last `@` (user names may be addresses), and those among the parameters, such as those of PostgreSQL. */
export function maskUrls(text: string): string {
  return text
    .replace(/(\w+:\/\/[^:/?#\s]*:)[^/?#\s]+@/g, `$1${mask}@`)
    .replace(/([?&][^=&#\s]*(?:password|secret|token)=)[^&#\s]+/gi, `$1${mask}`);
}

function maskValue(name: string, value: unknown): unknown {
  if (value === undefined || value === null) return value;
  if (secretName.test(name)) return mask;
  if (typeof value === 'string') return maskUrls(value);
  if (Array.isArray(value)) return value.map((item) => maskValue(name, item));
  return typeof value === 'object' ? maskSecrets(value) : value;
}
