import { createInterface } from 'node:readline';

const methodNotFound = -32601;
const engineFailed = 4466;

/** Answers the requests on standard input, one JSON object a line, in order, until it closes. */
export async function serveJsonRpc(createEngine) {
  let engine;
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    const request = line.trim() && JSON.parse(line);
    if (!request?.method) continue; // the CLI's answer to our `print`
    try {
      engine ??= await createEngine();
      await answer(engine, request);
    } catch (error) {
      write({ id: request.id, error: describe(error) });
    }
  }
  process.exit(0);
}

async function answer(engine, { id, method, params }) {
  const name = method === 'getDatabaseVersion' ? 'version' : method;
  if (typeof engine[name] !== 'function') {
    return write({ id, error: { code: methodNotFound, message: `Method not found: ${method}` } });
  }
  const result = await engine[name](params);
  // The native engine prints a diff by itself; the WebAssembly one returns it.
  if (method === 'diff' && result?.stdout)
    write({ id: `print-${id}`, method: 'print', params: { content: result.stdout } });
  write({ id, result: result ?? {} });
}

function describe(error) {
  const data = { is_panic: false, message: error.message, meta: error.meta ?? null, error_code: error.code };
  return { code: engineFailed, message: 'An error happened. Check the data field for details.', data };
}

const write = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
