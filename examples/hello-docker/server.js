const http = require('node:http');

const server = http.createServer((request, response) => response.end('Hello from a Dockerfile\n'));
server.listen(process.env.PORT || 3000);
process.on('SIGTERM', () => server.close(() => process.exit(0)));
