import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

type Asset = { readonly body: Buffer; readonly type: string; readonly br?: Buffer; readonly gzip?: Buffer };

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.png': 'image/png',
  '.txt': 'text/plain; charset=utf-8',
};

/** Answers what is a file of the build, and says whether it did. All is read at the start: a newer build in the same folder may take nothing away. */
export function assets(folder: string): (request: IncomingMessage, response: ServerResponse) => boolean {
  const all = readAll(folder);
  return (request, response) => {
    const name = (request.url ?? '').split('?', 1)[0] ?? '';
    const asset = all.get(name);
    if (!asset && !name.startsWith('/assets/')) return false;
    if (asset) send(request, response, asset(), name.startsWith('/assets/'));
    else response.writeHead(404).end('Not found\n');
    return true;
  };
}

function readAll(folder: string): ReadonlyMap<string, () => Asset> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const named = files.flatMap((entry) => {
    const file = path.join(entry.parentPath, entry.name);
    const type = types[path.extname(file)];
    const body = readFileSync(file);
    return type
      ? [[`/${path.relative(folder, file).replaceAll(path.sep, '/')}`, once(() => compressed(body, type))] as const]
      : [];
  });
  return new Map(named);
}

/** Made when it is first asked for. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

function compressed(body: Buffer, type: string): Asset {
  if (!/^(text|image\/svg)/.test(type)) return { body, type };
  const br = brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
  return { body, type, br, gzip: gzipSync(body, { level: 9 }) };
}

function send(request: IncomingMessage, response: ServerResponse, asset: Asset, isBuilt: boolean): void {
  const accepted = String(request.headers['accept-encoding'] ?? '');
  const encoding = (['br', 'gzip'] as const).find((one) => asset[one] && new RegExp(`\\b${one}\\b`).test(accepted));
  const body = (encoding && asset[encoding]) ?? asset.body;
  response.writeHead(200, {
    'content-type': asset.type,
    'content-length': body.length,
    // The name of what is built holds its hash.
    'cache-control': isBuilt ? 'public, max-age=31536000, immutable' : 'public, max-age=3600',
    vary: 'accept-encoding',
    ...(encoding ? { 'content-encoding': encoding } : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
