import type { Files } from './sample-repository.js';

/** A small Node app with this body; `listen()` starts the server that answers with `answer`. */
export function anApp(answer: string, body = 'listen();', settings: { readonly build?: string } = {}): Files {
  const scripts = { ...(settings.build ? { build: settings.build } : {}), start: 'node server.js' };
  return {
    'package.json': JSON.stringify({ name: 'sample', version: '1.0.0', private: true, scripts }),
    'server.js': `
const http = require('node:http');
const answer = (request, response) => {
  const slow = new URL(request.url, 'http://x').searchParams.get('slow');
  setTimeout(() => response.end(${JSON.stringify(answer)}), Number(slow ?? 0));
};
const listen = (port = process.env.PORT, respond = answer) => {
  const server = http.createServer(respond).listen(port, () => console.log('listening'));
  process.on('SIGTERM', () => server.close(() => process.exit(0)));
};
${body}
`,
  };
}

/** An app that cannot go live, what is said of it, and what its sentence has to tell. */
export type BrokenApp = {
  readonly what: string;
  readonly files: Files;
  readonly code: string;
  readonly says: RegExp;
  readonly stage: string;
};

export const brokenApps: readonly BrokenApp[] = [
  {
    what: 'nothing to build',
    files: { 'README.md': 'Nothing here.' },
    code: 'NO_BUILD_PLAN',
    stage: 'BUILD',
    says: /package\.json/,
  },
  {
    what: 'a build that fails',
    files: anApp('never', 'listen();', { build: 'node -e "console.log(\'no luck\'); process.exit(3)"' }),
    code: 'BUILD_ERROR',
    stage: 'BUILD',
    says: /exit code 3|failed/i,
  },
  {
    what: 'an app that crashes at start',
    files: anApp('never', "console.error('cannot find my keys'); process.exit(7);"),
    code: 'START_CRASH',
    stage: 'HEALTH_CHECK',
    says: /exit code 7/,
  },
  {
    what: 'an app that ends by itself',
    files: anApp('never', "console.log('done');"),
    code: 'START_CRASH',
    stage: 'HEALTH_CHECK',
    says: /keep running/,
  },
  {
    // Below those that a system gives out by itself: somebody may have one of them just now.
    what: 'an app that listens on the wrong port',
    files: anApp('never', 'listen(21234);'),
    code: 'PORT_NOT_OPEN',
    stage: 'HEALTH_CHECK',
    says: /21234/,
  },
  {
    what: 'an app that never gets healthy',
    files: anApp(
      'never',
      "listen(process.env.PORT, (request, response) => { response.statusCode = 500; response.end('no'); });",
    ),
    code: 'HEALTH_CHECK_TIMEOUT',
    stage: 'HEALTH_CHECK',
    says: /status 500/,
  },
  {
    what: 'an app that accepts and never answers',
    files: anApp('never', 'listen(process.env.PORT, () => {});'),
    code: 'HEALTH_CHECK_TIMEOUT',
    stage: 'HEALTH_CHECK',
    says: /did not answer/,
  },
  {
    what: 'an app that needs more memory than its limit',
    files: anApp('never', 'const kept = []; setInterval(() => kept.push(Buffer.alloc(16 * 1024 * 1024, 1)), 5);'),
    code: 'OUT_OF_MEMORY',
    stage: 'HEALTH_CHECK',
    says: /memory/,
  },
];

/** What only a Dockerfile can get wrong. */
export const brokenDockerfiles: readonly BrokenApp[] = [
  {
    what: 'a Dockerfile that fails',
    files: { Dockerfile: 'FROM node:20-alpine\nRUN echo no luck && exit 9\n' },
    code: 'BUILD_ERROR',
    stage: 'BUILD',
    says: /9/,
  },
  {
    what: 'a Dockerfile that is none',
    files: { Dockerfile: 'FORM node:20-alpine\n' },
    code: 'BUILD_ERROR',
    stage: 'BUILD',
    says: /FORM/i,
  },
  {
    what: 'a base image that cannot be had',
    files: { Dockerfile: 'FROM 127.0.0.1:9/nowhere/nothing:1\nCMD ["x"]\n' },
    code: 'IMAGE_PULL',
    stage: 'BUILD',
    says: /nowhere\/nothing/,
  },
  {
    what: 'a user who is not in the image',
    files: { Dockerfile: 'FROM node:20-alpine\nUSER nosuch\nCMD ["node"]\n' },
    code: 'START_CRASH',
    stage: 'START',
    says: /unable to find user nosuch/,
  },
  {
    what: 'a build secret',
    files: { Dockerfile: 'FROM node:20-alpine\nRUN --mount=type=secret,id=key cat /run/secrets/key\nCMD ["node"]\n' },
    code: 'BUILD_SECRETS_UNSUPPORTED',
    stage: 'BUILD',
    says: /secret/i,
  },
];
