import { createServer, type IncomingMessage } from 'node:http';
import pg from 'pg';
import { pageOf, pageSql, type Row } from './query.js';
import { listen } from './listen.js';

/** The least that an answer can cost in Node: read the body, one prepared statement, write JSON. */
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });

const server = createServer((request, response) => {
  void (async () => {
    const { variables } = JSON.parse(await bodyOf(request)) as { variables: { id: string } };
    const { rows } = await pool.query<Row>({ name: 'page', text: pageSql, values: [variables.id] });
    const text = JSON.stringify({ data: { organization: { projects: pageOf(rows) } } });
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
    response.end(text);
  })();
});

await listen(server);

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
