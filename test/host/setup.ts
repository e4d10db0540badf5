import { parseArgs } from 'node:util';
import { readSuites, suites } from '../without.js';
import { prepareHost } from './prepare-host.js';
import { end, whatWeStarted } from './started.js';

const usage = `npm run setup:host [-- options]
  Lists what the test suites need, and on Debian as root installs and starts what is missing.
  --without docker,browser   leave out what these suites need
  --stop                     end what an earlier setup started`;

const say = (line: string) => console.log(`host: ${line}`);

try {
  const { values } = parseArgs({
    options: { without: { type: 'string' }, stop: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.help) console.log(usage);
  else if (values.stop) await stop();
  else await prepare(values.without ?? '');
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}

async function prepare(without: string): Promise<void> {
  const leftOut = readSuites(without);
  await prepareHost(
    suites.filter((suite) => !leftOut.includes(suite)),
    say,
  );
  const running = await whatWeStarted();
  if (running.length > 0) say(`ready; \`npm run setup:host -- --stop\` ends ${running.map(({ name }) => name).join()}`);
  else say('ready');
}

async function stop(): Promise<void> {
  const running = await whatWeStarted();
  for (const started of running) {
    await end(started);
    say(`stopped  ${started.name} (pid ${started.pid})`);
  }
  if (running.length === 0) say('nothing runs that an earlier setup started');
}
