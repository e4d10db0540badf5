// `node is-healthy.mjs HOST PORT PATH`: ends with 0 when that answers well.
import http from 'node:http';

const [host, port, path] = process.argv.slice(2);
const request = http.get({ host, port, path, timeout: 8_000 }, (response) => {
  process.exit(response.statusCode === 200 ? 0 : 1);
});
request.on('timeout', () => process.exit(1));
request.on('error', () => process.exit(1));
