import { expect, test } from 'vitest';
import { eraseEnvironment } from '../environment/erase.js';
import { never, useEngine } from '../testing/use-engine.js';
import { leadHere, leadNoLonger } from './lead-here.js';

const house = useEngine();
const here = { A: '192.0.2.1', AAAA: '2001:db8::1' };
const records = () => house.engine.dns.at(house.environment.hostname);

test('a host name of the platform’s is set with its first deployment, and goes with its environment', async () => {
  const { engine, environment } = house;
  await house.goLive('one');
  expect(Object.fromEntries(records().map(({ type, content }) => [type, content]))).toEqual(here);
  const over = { deletesAt: new Date(Date.now() - 1_000), desiredState: 'STOPPED' } as const;
  await engine.db.environment.update({ where: { id: environment.id }, data: over });
  await eraseEnvironment(engine, environment.id, never);
  expect(records()).toEqual([]);
});

test('where a wildcard leads the name here, nothing is set', async () => {
  const { engine, environment } = house;
  engine.resolver.set(environment.hostname, { addresses: Object.values(here) });
  await house.goLive('one');
  expect(records()).toEqual([]);
});

test('what leads here already is not set again with each deployment', async () => {
  const { engine, environment } = house;
  await house.goLive('one');
  const fails = { ...engine, dns: { ...engine.dns, ensure: () => Promise.reject(new Error('busy')) } };
  await leadHere(fails, environment.hostname, never);
});

test('a name at which another record stands fails the deployment with a code of its own, and keeps that record', async () => {
  const { engine, environment } = house;
  const vendor = { type: 'CNAME', name: environment.hostname, content: 'vendor.example' } as const;
  engine.dns.setByHand(vendor);
  expect(await house.goLive('one')).toMatchObject({
    status: 'FAILED',
    failureCode: 'HOSTNAME_TAKEN',
    failureMessage: expect.stringContaining(environment.hostname),
  });
  expect(engine.said.join()).toContain('CNAME');
  expect(records()).toEqual([vendor]);
  expect(await engine.db.route.count({ where: { hostname: environment.hostname } })).toBe(0);
});

test('a record with the edge’s address that somebody else has set stays when its environment goes', async () => {
  const { engine, environment } = house;
  const own = { type: 'A', name: environment.hostname, content: here.A } as const;
  engine.dns.setByHand(own);
  await leadHere(engine, environment.hostname, never);
  expect(records()).toHaveLength(2);
  await leadNoLonger(engine, environment.hostname, never);
  expect(records()).toEqual([own]);
});

test('of several addresses of the edges each is set, once', async () => {
  const { engine, environment } = house;
  const edgeAddresses = ['192.0.2.1', '192.0.2.2', '2001:db8::1', '2001:DB8:0::1', '2001:db8::2'];
  await leadHere({ ...engine, settings: { ...engine.settings, edgeAddresses } }, environment.hostname, never);
  const set = ['192.0.2.1', '192.0.2.2', '2001:db8::1', '2001:db8::2'];
  expect(records().map(({ content }) => content)).toEqual(set);
});

test('a name that cannot be set fails the deployment in words, and what it is for is not routed', async () => {
  const { engine, environment } = house;
  engine.resolver.silence(environment.hostname);
  const fails = { ...engine, dns: { ...engine.dns, ensure: () => Promise.reject(new Error('busy')) } };
  await expect(leadHere(fails, environment.hostname, never)).rejects.toMatchObject({
    code: 'ROUTE_TIMEOUT',
    message: expect.stringContaining(environment.hostname),
  });
  expect(engine.said.join()).toContain('busy');
});
