import { MiB } from '@apployd/core/resources';
import { fakeMachine, fakeRuntime } from './fake.js';
import type { FakeApp } from './fake.js';
import { runtimeConformance } from './runtime.conformance.js';

/** Behaves as `sample-app.mjs` does. */
const sampleApp: FakeApp = (app) => {
  const { variables } = app;
  let cpuMs = 10;
  let memoryBytes = 10 * MiB;
  const use = () => app.use({ memoryBytes, cpuMs });
  const answers: Record<string, (query: URLSearchParams) => string> = {
    '/': () => 'hello',
    '/variable': (query) => variables[query.get('name') ?? ''] ?? '',
    '/variables': () => Object.keys(variables).join('\n'),
    '/print': (query) => {
      const from = Number(query.get('from'));
      for (let i = from; i < from + Number(query.get('count')); i += 1) app.print(`line ${i}`);
      return 'printed';
    },
    '/fail': () => {
      app.print('something went wrong', 'STDERR');
      return 'failed';
    },
    '/long': () => {
      app.print('x'.repeat(40_000));
      app.print('after');
      return 'printed';
    },
    '/exit': (query) => {
      setTimeout(() => app.exit(Number(query.get('code'))), 10);
      return 'ending';
    },
    '/allocate': (query) => {
      memoryBytes += Number(query.get('mebibytes')) * MiB;
      use();
      return 'allocated';
    },
    '/burn': (query) => {
      cpuMs += Number(query.get('ms'));
      use();
      return 'burnt';
    },
    '/leave-behind': () => 'left',
  };
  const [, program, , ...rest] = app.request.command ?? [];
  if (program === 'check.mjs') {
    app.print(`${JSON.stringify(rest)} ${variables['GREETING']}`);
    return app.exit(3);
  }
  use();
  if (variables['ON_SIGTERM'] === 'ignore') app.onTerminate(() => undefined);
  if (variables['ON_SIGTERM'] === 'finish') {
    app.onTerminate(() => {
      app.print('finishing');
      app.print('finished');
      app.exit(0);
    });
  }
  if (variables['EXIT_AT_START']) {
    app.print('no luck');
    return app.exit(Number(variables['EXIT_AT_START']));
  }
  app.onCommand(([program, , what, ...rest]) => {
    if (program !== 'node') return { exitCode: 127, output: '' };
    if (what === 'hang') return new Promise(() => undefined);
    return { exitCode: 3, output: `${JSON.stringify(rest)} ${variables['GREETING']}` };
  });
  const port = variables['LISTEN_ON'];
  app.serve(
    (request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://app');
      response.end(answers[pathname]?.(searchParams) ?? 'no such page');
    },
    port ? Number(port) : undefined,
  );
  app.print('ready');
};

runtimeConformance('fake', async () => {
  const machine = fakeMachine({ 'fake:sample': sampleApp });
  return {
    create: () => fakeRuntime(machine),
    imageId: 'fake:sample',
    command: ['node', 'app.js'],
    tearDown: async () => undefined,
  };
});
