import { EventEmitter } from 'node:events';
import net from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { openBench } from '../testing/bench.js';
import { ownAddress } from '../testing/own-address.js';
import { connectionLimit } from './connection-limit.js';
import { tlsOptions } from './tls.conformance.js';

const from = (remoteAddress: string) => Object.assign(new EventEmitter(), { remoteAddress }) as unknown as net.Socket;

test('an address has so many connections at a time, of IPv6 a network of 64 bits, and one that is closed makes room', () => {
  const admit = connectionLimit({ most: 2, trustedProxies: [] });
  const first = from('192.0.2.1');
  expect([first, from('::ffff:192.0.2.1'), from('192.0.2.1'), from('192.0.2.2')].map(admit)).toEqual([
    true,
    true,
    false,
    true,
  ]);
  first.emit('close');
  expect([from('192.0.2.1'), from('192.0.2.1')].map(admit)).toEqual([true, false]);
  const network = ['2001:db8::1', '2001:db8::ffff:1', '2001:db8::2', '2001:db8:0:1::1'];
  expect(network.map((each) => admit(from(each)))).toEqual([true, true, false, true]);
});

test('proxies in front and this machine are left out', () => {
  const admit = connectionLimit({ most: 1, trustedProxies: ['10.0.0.0/8', '2001:db8::/32'] });
  const proxies = ['10.1.2.3', '::ffff:10.1.2.3', '2001:db8::1', '2001:db8::1', '127.0.0.1', '::1', '127.0.0.1'];
  expect(proxies.map((each) => admit(from(each)))).toEqual(proxies.map(() => true));
});

test('connections that say nothing count, over both ports together, also before a handshake', async () => {
  const bench = await openBench({ mostPerAddress: 2, tls: tlsOptions });
  onTestFinished(() => bench.close());
  let cut = 0;
  for (const port of [bench.port, bench.port, bench.tlsPort ?? 0, bench.tlsPort ?? 0]) {
    const socket = net.connect({ port, host: '127.0.0.1', localAddress: ownAddress() });
    socket.on('error', () => undefined).once('close', () => (cut += 1));
    onTestFinished(() => void socket.destroy());
  }
  await expect.poll(() => cut).toBe(2);
  expect([(await bench.ask()).status, cut]).toEqual([404, 2]);
});
