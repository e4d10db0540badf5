import { createRequire } from 'node:module';
import { execPath } from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Starts our server of static files; from TypeScript where this runs from source. */
export function staticCommand(folder: string, { singlePage }: { readonly singlePage: boolean }): string[] {
  const require = createRequire(import.meta.url);
  const fromSource = import.meta.url.endsWith('.ts');
  // By its name, since what is built is one file somewhere else.
  const program = fromSource
    ? fileURLToPath(new URL('./static-site.ts', import.meta.url))
    : require.resolve('@apployd/engine/builder/static-site');
  const loader = fromSource ? ['--import', pathToFileURL(require.resolve('tsx')).href] : [];
  return [execPath, ...loader, program, folder, singlePage ? 'single-page' : 'pages'];
}
