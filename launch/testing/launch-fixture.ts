import { startPlatform } from '../start-platform.js';

/** A launcher to be killed: runs the one program that it is given. */
await startPlatform({
  env: { SERVER_PORT: '0', EDGE_PORT: '0' },
  rooms: [{ name: 'server', program: process.argv[2] ?? '', endStage: 1 }],
  onOutput: (name, line) => console.log(name, line),
});
console.log('ready');
