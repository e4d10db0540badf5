import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cliEnvironment } from './config.js';

const run = promisify(execFile);
export const repositoryRoot = fileURLToPath(new URL('..', import.meta.url));

/** Runs the Prisma CLI with these arguments and returns what it printed; its complaint becomes the error. For developers only. */
export async function prismaCli(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  const require = createRequire(import.meta.url);
  const cli = path.join(path.dirname(require.resolve('prisma/package.json')), 'build', 'index.js');
  try {
    const { stdout } = await run(process.execPath, [cli, ...args], {
      cwd: repositoryRoot,
      env: { ...cliEnvironment(repositoryRoot), ...env },
      timeout: 120_000,
      maxBuffer: 64 * 1024 * 1024,
    });
    return stdout;
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as { stdout?: string; stderr?: string; message: string };
    throw new Error(`prisma ${args.join(' ')}: ${`${stdout}${stderr}`.trim() || message}`, { cause: error });
  }
}
