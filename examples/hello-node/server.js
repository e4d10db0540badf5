const http = require('node:http');

const greeting = 'Hello from Apployd';

const server = http.createServer((request, response) => {
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.end(`${greeting}\n`);
});

server.listen(process.env.PORT || 3000, () => console.log(`listening on ${server.address().port}`));

// Requests in flight finish before the process ends.
process.on('SIGTERM', () => server.close(() => process.exit(0)));
