import { readFile } from 'node:fs/promises';
import path from 'node:path';
import tls from 'node:tls';
import { makeCertificate } from '@apployd/backplane/certificate/make-certificate';
import { until } from '@apployd/backplane/testing/until';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isLeftOut } from '@apployd/test/without';
import { openNginxBench } from '../../testing/nginx-bench.js';
import { tlsConformance, tlsOptions } from '../tls.conformance.js';

describe.skipIf(isLeftOut('nginx'))('with Nginx', () => {
  tlsConformance('nginx', (options) => openNginxBench({ ...options, tls: tlsOptions }));

  test('after it was killed it has its certificates again, though no key was in a file', async () => {
    const bench = await openNginxBench({ tls: tlsOptions });
    onTestFinished(bench.close);
    const { chain, key } = await makeCertificate({ names: ['app.test'] });
    await bench.router.certify([{ hostname: 'app.test', chain, key, notAfter: new Date(Date.now() + 60_000) }]);
    const isServed = () => shakesHands(bench.tlsPort ?? 0, chain);
    expect(await isServed()).toBe(true);
    process.kill(Number(await readFile(path.join(bench.folder, 'nginx.pid'), 'utf8')), 'SIGKILL');
    await until(async () => !(await isServed()));
    await until(isServed);
  });
});

function shakesHands(port: number, ca: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = tls.connect({ host: '127.0.0.1', port, servername: 'app.test', ca }, () => {
      resolve(true);
      socket.destroy();
    });
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
}
