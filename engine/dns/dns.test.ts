import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '@apployd/core/clock';
import { deadlineIn } from '@apployd/core/deadline';
import { newId } from '@apployd/core/id';
import { cloudflareApi } from '../testing/cloudflare-api.js';
import { checkCloudflareToken, cloudflareDns } from './cloudflare.js';
import { RecordInTheWay, type DnsRecord } from './dns.js';
import { dnsConformance } from './dns.conformance.js';
import { fakeDns } from './fake.js';
import { manualDns } from './manual.js';

const mark = 'apployd:apps.example.test';

dnsConformance('fake', async () => {
  const dns = fakeDns();
  return { dns, at: dns.at, setByHand: dns.setByHand, close: async () => {} };
});

dnsConformance('cloudflare', async () => {
  const api = await cloudflareApi();
  const at = (name: string) =>
    [...api.records.values()]
      .filter((record) => record.name === name)
      .map(({ type, content, proxied = false }): DnsRecord => ({
        ...{ type: type as DnsRecord['type'], name, isProxied: proxied },
        content: content.replaceAll('"', ''),
      }));
  const setByHand = ({ isProxied, ...given }: DnsRecord) => {
    const id = newId();
    const content = given.type === 'TXT' ? `"${given.content}"` : given.content;
    api.records.set(id, { ...given, id, content, ttl: 300, proxied: isProxied ?? false, comment: 'made by hand' });
  };
  return { dns: cloudflareDns({ ...api, clock: systemClock, mark }), at, setByHand, close: api.close };
});

const record = { type: 'A', name: 'shop.example.test', content: '192.0.2.1' } as const;

async function anApi() {
  const api = await cloudflareApi();
  onTestFinished(api.close);
  return api;
}

test('Cloudflare is asked again when it is busy or broken, and not when it refuses', async () => {
  const api = await anApi();
  const dns = cloudflareDns({ ...api, clock: systemClock, mark });
  for (const status of [429, 503]) {
    api.refuse(3, status);
    await dns.ensure([{ ...record, content: `192.0.2.${status === 429 ? 1 : 2}` }], deadlineIn(20_000));
  }
  expect([...api.records.values()]).toMatchObject([{ content: '192.0.2.2' }]);
  api.refuse(1, 403);
  await expect(dns.ensure([{ ...record, content: '192.0.2.3' }], deadlineIn(20_000))).rejects.toThrow('403');
  api.refuse(100, 429);
  await expect(dns.ensure([{ ...record, content: '192.0.2.3' }], deadlineIn(20_000))).rejects.toThrow('429');
});

test('what another platform has set in the same zone at Cloudflare is not this one’s', async () => {
  const api = await anApi();
  const [one, other] = [mark, 'apployd:other.example.test'].map((each) =>
    cloudflareDns({ ...api, clock: systemClock, mark: each }),
  );
  await one!.ensure([record], deadlineIn(20_000));
  expect([...api.records.values()]).toMatchObject([{ comment: mark }]);
  await other!.remove(record, deadlineIn(20_000));
  const moved = { ...record, content: '192.0.2.2' };
  await expect(other!.ensure([moved], deadlineIn(20_000))).rejects.toThrow(RecordInTheWay);
  expect([...api.records.values()]).toMatchObject([{ content: record.content }]);
});

test('a name that is in no zone of the token is said to be so', async () => {
  const dns = cloudflareDns({ ...(await anApi()), clock: systemClock, mark });
  const foreign = { ...record, name: 'shop.another.test' };
  await expect(dns.ensure([foreign], deadlineIn(20_000))).rejects.toThrow('No zone');
});

test('a token is looked at: a dead one, a foreign one and one that may not edit are told from each other', async () => {
  const api = await anApi();
  const check = (token = api.token) =>
    checkCloudflareToken({ ...api, token, clock: systemClock }, 'apps.example.test', deadlineIn(20_000));
  await check();
  await expect(check('another')).rejects.toThrow('401');
  api.permissions = ['#dns_records:read'];
  await expect(check()).rejects.toThrow('DNS, Edit');
  api.tokenStatus = 'disabled';
  await expect(check()).rejects.toThrow('disabled');
});

test('a zone that may not be edited is none, and one that cannot be looked up is an error', async () => {
  const api = await anApi();
  const covers = async (token = api.token) =>
    cloudflareDns({ ...api, token, clock: systemClock, mark }).covers(record.name, deadlineIn(20_000));
  expect(await covers()).toBe(true);
  api.permissions = ['#dns_records:read'];
  expect(await covers()).toBe(false);
  await expect(covers('another')).rejects.toThrow('401');
});

test('what people see to is said to them, and nothing else happens', async () => {
  const said: unknown[] = [];
  const dns = manualDns({ info: (...words: unknown[]) => void said.push(words) } as never);
  await dns.ensure([record], deadlineIn(1_000));
  await dns.remove(record, deadlineIn(1_000));
  expect(await dns.covers(record.name, deadlineIn(1_000))).toBe(false);
  expect(said).toEqual([
    [record, 'set this DNS record'],
    [record, 'this DNS record may be removed'],
  ]);
});
