// `npm run build`: builds all rooms, and notes when, so that `npm start` does not build them again.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { markBuilt, root } from './build-stamp.mjs';

const startedAt = new Date();
const child = spawn('npm', ['run', '--silent', 'build:rooms'], { cwd: root, stdio: 'inherit' });
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.once('error', (error) => {
  console.error('apployd: ' + error.message);
  process.exit(1);
});
const [code] = await once(child, 'close');
if (code === 0) await markBuilt(startedAt);
process.exit(code ?? 1);
