import { createRequire } from 'node:module';
import { execPath } from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Starts our server of static files; from TypeScript where this runs from source. */
export function staticCommand(folder: string, { singlePage }: { readonly singlePage: boolean }): string[] {
  const fromSource = import.meta.url.endsWith('.ts');
  const program = fileURLToPath(new URL(fromSource ? './static-site.ts' : './static-site.js', import.meta.url));
  const loader = fromSource ? ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href] : [];
  return [execPath, ...loader, program, folder, singlePage ? 'single-page' : 'pages'];
}
