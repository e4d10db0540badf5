import { argv, env } from 'node:process';
import { siteServer } from './site-server.js';

/** The program that serves a static site in the process runtime: `static-site FOLDER pages|single-page`, on PORT. */
const [, , folder = '.', mode] = argv;
const server = siteServer(folder, { singlePage: mode === 'single-page' });
server.listen(Number(env['PORT'] ?? 3000));
process.once('SIGTERM', () => {
  server.close();
  server.closeIdleConnections();
});
