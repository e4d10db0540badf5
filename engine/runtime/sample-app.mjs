// The app that the runtimes' conformance suite runs: its variables and its visitors tell it how to behave.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';

const { env } = process;
const hoard = [];
const print = (line) => process.stdout.write(`${line}\n`);

const answers = {
  '/': () => 'hello',
  '/variable': (query) => env[query.get('name')] ?? '',
  '/variables': () => Object.keys(env).join('\n'),
  '/print': (query) => {
    const from = Number(query.get('from'));
    for (let i = from; i < from + Number(query.get('count')); i += 1) print(`line ${i}`);
    return 'printed';
  },
  '/fail': () => {
    process.stderr.write('something went wrong\n');
    return 'failed';
  },
  '/long': () => {
    print('x'.repeat(40_000));
    print('after');
    return 'printed';
  },
  '/exit': (query) => setTimeout(() => process.exit(Number(query.get('code'))), 10) && 'ending',
  '/allocate': (query) => {
    for (let i = 0; i < Number(query.get('mebibytes')); i += 1) hoard.push(Buffer.alloc(2 ** 20, 1));
    return 'allocated';
  },
  '/burn': (query) => {
    for (const start = Date.now(); Date.now() - start < Number(query.get('ms')););
    return 'burnt';
  },
  '/leave-behind': () => {
    const forever = 'setInterval(() => {}, 1000)';
    spawn(process.execPath, ['-e', forever], { detached: true, stdio: 'ignore' }).unref();
    return 'left';
  },
};

process.on('SIGTERM', () => {
  if (env.ON_SIGTERM === 'ignore') return;
  if (env.ON_SIGTERM !== 'finish') process.exit(0);
  print('finishing');
  setTimeout(() => {
    print('finished');
    process.exit(0);
  }, 300);
});

if (env.EXIT_AT_START) {
  print('no luck');
  process.exitCode = Number(env.EXIT_AT_START);
} else {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://app');
    const answer = answers[pathname];
    response.statusCode = answer ? 200 : 404;
    response.end(answer ? answer(searchParams) : 'no such page');
  });
  // One that slept for longer would cut, once it wakes, the connection that a visitor waits on.
  server.keepAliveTimeout = 60_000;
  server.listen(Number(env.LISTEN_ON ?? env.PORT), '0.0.0.0', () => print('ready'));
}
