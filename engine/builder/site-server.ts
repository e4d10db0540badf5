import { createReadStream } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import sirv from 'sirv';

/** Serves a folder of files as the planned nginx image does: no dot files, 404.html, and one page for all paths if wanted. */
export function siteServer(folder: string, { singlePage }: { readonly singlePage: boolean }): Server {
  const serve = sirv(folder, {
    etag: true,
    gzip: false,
    single: singlePage,
    onNoMatch: (_request, response) => notFound(folder, response),
  });
  return createServer((request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD' }).end();
      return;
    }
    serve(request, response);
  });
}

function notFound(folder: string, response: ServerResponse): void {
  const page = createReadStream(join(folder, '404.html'));
  page.once('error', () => response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found\n'));
  page.once('open', () => {
    response.writeHead(404, { 'content-type': 'text/html' });
    page.pipe(response);
  });
}
